"""Sentences made from a grammar: every frame, every name, every dress is understood, and none is a wrong write."""

from __future__ import annotations

import corpus
import generated
import pytest

from kubesteer.planners.rules import RulesPlanner


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", ["clinic", "arcade", "freight"])
async def test_every_generated_sentence_is_understood(name: str, seed: int) -> None:
    inventory, planner = corpus.cluster(name), RulesPlanner()
    missed, wrong = [], []
    for sentence in generated.sentences(inventory, 250, seed):
        step = await planner.next(sentence.conversation, inventory)
        missed += [] if corpus.right(step, sentence) else [sentence.messages[0].content]
        wrong += corpus.wrong_writes(step, sentence)
    assert not wrong
    assert not missed
