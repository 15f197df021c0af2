"""Both target kinds keep the contract."""

from cohear.tasks import Multiclass, Multilabel
from cohear.testing.target_kind import TargetKindContract


class TestMulticlass(TargetKindContract):
    def make(self):
        return Multiclass()


class TestMulticlassWithSemicolons(TestMulticlass):
    def labels(self):
        return ["a;b", "b", "a"]


class TestMultilabel(TargetKindContract):
    def make(self):
        return Multilabel()


class TestMultilabelWithSeveralLabels(TestMultilabel):
    def cells(self):
        return ["b;a", "", "1.0;no;é è", "b;a;1.0", "no;é è", ""]
