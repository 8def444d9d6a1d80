"""The items of REMARK for prognostic studies of tumour markers, in words of our own."""

from __future__ import annotations

from hcc2l import references
from hcc2l.compose.answers import (
    by_hand,
    by_marker,
    candidates,
    characteristics_and_missing,
    coding,
    design,
    endpoints,
    flow_and_events,
    further,
    methods_and_missing,
    multivariable,
    univariable,
    unselected,
)
from hcc2l.compose.checklist import Checklist, Item

_ITEMS: tuple[Item, ...] = (
    ("1", "Introduction", "Name the marker, the aims and the hypotheses set beforehand", by_hand),
    ("2", "Patients", "Describe the patients, where they come from, and who was eligible", by_hand),
    ("3", "", "Report the treatments and how they were chosen", by_hand),
    ("4", "Specimens", "Name the material, controls, and how it was preserved and stored",
     by_hand),
    ("5", "Assay", "Give the assay with its protocol, quality control and scoring, and whether "
     "outcomes were concealed", by_hand),
    ("6", "Design", "Describe how cases were selected, whether prospectively, stratified or "
     "matched; give the period, the end and the median of follow-up", design),
    ("7", "", "Define all clinical endpoints", endpoints),
    ("8", "", "List all variables examined or considered", candidates),
    ("9", "", "Justify the sample size or the effect that it can detect", by_hand),
    ("10", "Statistical methods", "Describe all methods: selection of variables, assumptions, "
     "missing data", methods_and_missing),
    ("11", "", "Describe how marker values entered the analyses and how cut-points were found",
     coding),
    ("12", "Data", "Follow patients through the stages; give numbers and events of every analysis",
     flow_and_events),
    ("13", "", "Show the distribution of basic characteristics, prognostic variables and the "
     "marker, with missing values", characteristics_and_missing),
    ("14", "Analysis", "Relate the marker to standard prognostic variables", by_marker),
    ("15", "", "Give univariable effects of the marker on the outcome with intervals; show "
     "survival curves", univariable),
    ("16", "", "Give effects with intervals from the main multivariable analyses", multivariable),
    ("17", "", "Give the effect of the marker beside all standard variables, significant or not",
     unselected),
    ("18", "", "Report checks of assumptions, sensitivity analyses and internal validation",
     further),
    ("19", "Discussion", "Interpret in view of the hypotheses and other studies; name limitations",
     by_hand),
    ("20", "", "Discuss what follows for research and for practice", by_hand),
)  # fmt: skip

REMARK = Checklist(
    title="REMARK checklist",
    source="REMARK checklist for prognostic studies of tumour markers, abridged from "
    f"{references.MCSHANE_2005}; {references.ALTMAN_2012}.",
    items=_ITEMS,
)
