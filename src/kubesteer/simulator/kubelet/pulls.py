"""Getting a container's image on to its node, or failing to.

Source: pkg/kubelet/images/image_manager.go of the 1.34 release.
"""

from kubesteer.simulator.behaviour import Behaviour
from kubesteer.simulator.clock import Clock
from kubesteer.simulator.kubelet.images import image_size, invalid_name, pull_error, pull_reason
from kubesteer.simulator.kubelet.runs import ContainerRun
from kubesteer.simulator.kubelet.tellers import Teller
from kubesteer.simulator.objects import Obj, text

PULL_SECONDS = 0.5
"""What a container needs until it starts, be its image pulled or there already."""
RETRY_SECONDS, LONGEST_RETRY_SECONDS = 10.0, 300.0


class Puller:
    """Pulls images, and knows which ones a node has."""

    def __init__(self, clock: Clock, teller: Teller) -> None:
        self.clock = clock
        self.teller = teller
        self._present: set[tuple[str, str]] = set()
        """Images that were pulled, as (node, image)."""

    def pull(self, pod: Obj, spec: Obj, run: ContainerRun, behaviour: Behaviour) -> bool:
        """Take the next step; whether the image is there now."""
        if wrong := invalid_name(spec["image"]):
            self._wait(run, "InvalidImageName", wrong, RETRY_SECONDS)
            self.teller.container(pod, spec, "Warning", "InspectFailed", wrong)
            return False
        if error := pull_error(spec["image"], behaviour):
            self._fail(pod, spec, run, pull_reason(error))
            return False
        if run.pull_ends is None:
            self._begin(pod, spec, run)
            return False
        self.tell_pulled(pod, spec)
        self._present.add((text(pod, "spec", "nodeName"), spec["image"]))
        run.pulled, run.pull_ends = True, None
        return True

    def _wait(self, run: ContainerRun, reason: str, message: str, seconds: float) -> None:
        run.reason, run.message, run.ready_at = reason, message, self.clock.after(seconds)

    def _is_present(self, pod: Obj, spec: Obj) -> bool:
        """Whether the node has the image and may use it without asking the registry."""
        if spec.get("imagePullPolicy") == "Never":
            return True
        here = (text(pod, "spec", "nodeName"), spec["image"]) in self._present
        return here and spec.get("imagePullPolicy") != "Always"

    def _begin(self, pod: Obj, spec: Obj, run: ContainerRun) -> None:
        if not self._is_present(pod, spec):
            self.teller.container(pod, spec, "Normal", "Pulling", f'Pulling image "{spec["image"]}"')
        self._wait(run, "ContainerCreating", "", PULL_SECONDS)
        run.pull_ends = run.ready_at

    def tell_pulled(self, pod: Obj, spec: Obj) -> None:
        """Say where the image came from."""
        took = round(PULL_SECONDS * 1000)
        if self._is_present(pod, spec):
            message = f'Container image "{spec["image"]}" already present on machine'
        else:
            message = (
                f'Successfully pulled image "{spec["image"]}" in {took}ms ({took}ms including waiting). '
                f"Image size: {image_size(spec['image'])} bytes."
            )
        self.teller.container(pod, spec, "Normal", "Pulled", message)

    def _fail(self, pod: Obj, spec: Obj, run: ContainerRun, why: str) -> None:
        image = spec["image"]
        if spec.get("imagePullPolicy") == "Never":
            message = f'Container image "{image}" is not present with pull policy of Never'
            self._wait(run, "ErrImageNeverPull", message, RETRY_SECONDS)
            self.teller.container(pod, spec, "Warning", "ErrImageNeverPull", message)
        elif run.reason == "ErrImagePull":
            wait = min(RETRY_SECONDS * 2 ** (run.pulls - 1), LONGEST_RETRY_SECONDS)
            told = f'Back-off pulling image "{image}"'
            self._wait(run, "ImagePullBackOff", f"{told}: ErrImagePull: {why}", wait)
            self.teller.container(pod, spec, "Normal", "BackOff", told)
            self.teller.container(pod, spec, "Warning", "Failed", "Error: ImagePullBackOff")
        else:
            run.pulls += 1
            self._wait(run, "ErrImagePull", why, 1.0)
            self.teller.container(pod, spec, "Normal", "Pulling", f'Pulling image "{image}"')
            self.teller.container(pod, spec, "Warning", "Failed", f'Failed to pull image "{image}": {why}')
            self.teller.container(pod, spec, "Warning", "Failed", "Error: ErrImagePull")
