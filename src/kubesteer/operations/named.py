"""The arguments that nearly every verb takes: which object."""

from __future__ import annotations

from pydantic import Field, ValidationInfo, field_validator

from kubesteer.core.errors import Unusable
from kubesteer.core.kinds import KINDS
from kubesteer.core.operations import Operation
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text

NO_NAMESPACE = Text("缺少命名空间。", "The namespace is missing.")


class Named(Operation):
    """A verb about one object. A cluster-scoped kind drops the namespace; any other needs one."""

    kind: str = Field(description="Kubernetes kind, such as Deployment")
    namespace: str = Field("", validate_default=True, description="namespace, unless the kind has none")
    name: str = Field(description="name of the object")

    @field_validator("namespace")
    @classmethod
    def _namespace_where_needed(cls, value: str, info: ValidationInfo) -> str:
        kind = KINDS.get(info.data.get("kind", ""))
        if kind is None:
            return value
        if kind.namespaced and not value:
            raise Unusable("namespace", NO_NAMESPACE)
        return value if kind.namespaced else ""

    @property
    def ref(self) -> Ref:
        """The object meant."""
        return Ref(self.kind, self.namespace, self.name)


class Scoped(Operation):
    """A verb about one object of a kind that the verb itself names, such as a CronJob."""

    namespace: str = Field(description="namespace")
    name: str = Field(description="name of the object")

    @field_validator("namespace")
    @classmethod
    def _namespace_given(cls, value: str) -> str:
        if not value:
            raise Unusable("namespace", NO_NAMESPACE)
        return value
