"""The planner's own set: sentences on three clusters, each with its accepted answers."""

from __future__ import annotations

import corpus
import pytest

from kubesteer.core.plans import Conversation, Message, Plan
from kubesteer.planners.rules import RulesPlanner
from kubesteer.planners.rules.cues import WRITES


@pytest.mark.parametrize(("name", "cluster"), corpus.corpora(held=False))
async def test_every_sentence_to_develop_against_is_understood(name: str, cluster: str) -> None:
    inventory, planner = corpus.cluster(cluster), RulesPlanner()
    missed = []
    for sentence in corpus.sentences(name):
        step = await planner.next(sentence.conversation, inventory)
        if not corpus.right(step, sentence):
            missed.append((sentence.where, sentence.messages[-1].content))
    assert not missed


@pytest.mark.parametrize(("name", "cluster"), corpus.corpora(held=True))
async def test_no_held_out_sentence_is_a_wrong_write(name: str, cluster: str) -> None:
    inventory, planner = corpus.cluster(cluster), RulesPlanner()
    wrong = []
    for sentence in corpus.sentences(name):
        step = await planner.next(sentence.conversation, inventory)
        wrong += [(sentence.where, call) for call in corpus.wrong_writes(step, sentence)]
    assert not wrong


def test_there_are_several_hundred() -> None:
    assert sum(1 for name, _ in corpus.corpora(held=False) for _ in corpus.sentences(name)) > 1000


async def test_words_about_writing_are_no_requests_to_write() -> None:
    inventory, planner = corpus.cluster("clinic"), RulesPlanner()
    written = []
    for words in corpus.never("clinic"):
        step = await planner.next(Conversation((Message("user", words),)), inventory)
        calls = step.calls if isinstance(step, Plan) else ()
        written += [(words, call.operation) for call in calls if call.operation in WRITES]
    assert not written
