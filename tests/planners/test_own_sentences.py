"""The planner's own set: sentences on three clusters, each with its accepted answers."""

from __future__ import annotations

import corpus
import pytest

from kubesteer.planners.rules import RulesPlanner


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
