"""Settings of training, as a study file gives them and a run's specification holds them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from cohear.base.named import Named


class TrainingSettings(BaseModel):
    """How a network is trained; every field changes numbers and is part of a run's key.

    ``steps`` and ``batch`` count per task, so that a task learns from as many windows alone as beside partners.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    steps: int = Field(800, ge=1)
    batch: int = Field(32, ge=2)
    learning_rate: float = Field(3e-3, gt=0)
    weight_decay: float = Field(0.05, ge=0)
    warmup: float = Field(0.1, ge=0, lt=1)
    label_smoothing: float = Field(0.1, ge=0, lt=1)
    schedule: Named = "mixed"
    objective: Named = "sum"
    sharing: Named = "multihead"
    sampling: Literal["balanced", "passes"] = "balanced"
    augment: Literal["standard", "none"] = "standard"
    precision: Literal["auto", "bfloat16", "float32"] = "auto"
    teachers: Named = "none"
    optimiser: Named = "adamw"

    def of_single(self) -> TrainingSettings:
        """Those of a network of one task: it shares and weighs nothing, takes no turns and has no teachers."""
        usual = TrainingSettings()
        what = ("sharing", "objective", "schedule", "teachers")
        return self.model_copy(update={name: getattr(usual, name) for name in what})

    @model_serializer(mode="wrap")
    def _without_what_came_later(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Settings that runs once did not have are left out where they are as ever: keys stay what they were."""
        content: dict[str, Any] = write(self)
        for name in ("teachers", "optimiser"):
            if getattr(self, name) == type(self).model_fields[name].default:
                content.pop(name, None)
        return content
