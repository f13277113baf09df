"""The model is a Llama: same logits, losses and gradients as transformers', and a chunked loss that loses nothing."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional
from transformers import LlamaConfig, LlamaForCausalLM

import train.model
from train.model import Llama, ModelConfig


def shape(kv_heads: int = 4) -> ModelConfig:
    return ModelConfig(
        vocabulary=300, sequence_length=24, width=32, depth=3, heads=4, kv_heads=kv_heads, hidden=80
    )


def theirs(ours: Llama) -> LlamaForCausalLM:
    c = ours.config
    reference = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=c.vocabulary,
            hidden_size=c.width,
            intermediate_size=c.hidden,
            num_hidden_layers=c.depth,
            num_attention_heads=c.heads,
            num_key_value_heads=c.kv_heads,
            max_position_embeddings=c.sequence_length,
            rms_norm_eps=c.norm_epsilon,
            tie_word_embeddings=True,
        )
    )
    reference.model.load_state_dict(ours.state_dict())
    return reference


@pytest.fixture
def batch() -> tuple[torch.Tensor, torch.Tensor]:
    ids = torch.randint(0, 300, (3, 25), generator=torch.Generator().manual_seed(1))
    return ids[:, :-1], ids[:, 1:]


@pytest.mark.parametrize("kv_heads", [4, 2, 1])
def test_equals_transformers_in_logits_loss_and_gradients(kv_heads, batch):
    tokens, targets = batch
    ours = Llama(shape(kv_heads)).initialise(7)
    reference = theirs(ours)
    expected = reference(tokens).logits
    torch.testing.assert_close(ours.logits(tokens), expected, atol=1e-5, rtol=1e-5)

    loss = functional.cross_entropy(expected.flatten(0, 1), targets.flatten())
    loss.backward()
    ours(tokens, targets).backward()
    gradients = dict(reference.model.named_parameters())
    for name, parameter in ours.named_parameters():
        torch.testing.assert_close(parameter.grad, gradients[name].grad, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("chunk", [1, 7, 72, 1000])
def test_the_chunked_loss_is_the_loss(monkeypatch, chunk, batch):
    monkeypatch.setattr(train.model, "CPU_CHUNK_TOKENS", chunk)
    tokens, targets = batch
    model = Llama(shape()).initialise(7)
    expected = functional.cross_entropy(
        model.logits(tokens).flatten(0, 1), targets.flatten(), reduction="none"
    )
    torch.testing.assert_close(model(tokens, targets), expected.mean())
    torch.testing.assert_close(model.nats(tokens, targets).flatten(), expected)


def test_a_token_sees_nothing_after_it(batch):
    tokens, _ = batch
    model = Llama(shape()).initialise(7)
    changed = tokens.clone()
    changed[:, 10:] = (changed[:, 10:] + 1) % 300
    assert torch.equal(model.logits(tokens)[:, :10], model.logits(changed)[:, :10])
    assert not torch.equal(model.logits(tokens)[:, 10:], model.logits(changed)[:, 10:])


def test_first_weights_depend_on_the_seed_alone():
    torch.manual_seed(99)
    one = Llama(shape()).initialise(5).state_dict()
    torch.manual_seed(1)
    same, other = Llama(shape()).initialise(5).state_dict(), Llama(shape()).initialise(6).state_dict()
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(one["embed_tokens.weight"], other["embed_tokens.weight"])


def test_bfloat16_products_stay_close(batch):
    tokens, targets = batch
    exact = Llama(shape()).initialise(7)
    rough = Llama(shape(), torch.bfloat16)
    rough.load_state_dict(exact.state_dict())
    loss = rough(tokens, targets)
    loss.backward()
    assert loss.dtype == torch.float32
    assert loss.item() == pytest.approx(exact(tokens, targets).item(), rel=1e-2)
    assert rough.embed_tokens.weight.grad.dtype == torch.float32
