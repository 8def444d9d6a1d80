"""The items of STROBE for cohort studies, in words of our own."""

from __future__ import annotations

from hcc2l import references
from hcc2l.compose.answers import (
    absolute,
    by_hand,
    characteristics,
    endpoints,
    estimates,
    events,
    exclusions,
    flow,
    follow_up,
    matched,
    methods,
    missing,
    missing_handled,
    other,
    participants,
    subgroups,
)
from hcc2l.compose.checklist import Checklist, Item

_ITEMS: tuple[Item, ...] = (
    ("1a", "Title", "Name the design in the title or the abstract", by_hand),
    ("1b", "Abstract", "Summarise what was done and what was found", by_hand),
    ("2", "Background", "Explain the scientific background and the rationale", by_hand),
    ("3", "Objectives", "State aims and prespecified hypotheses", by_hand),
    ("4", "Design", "Present the design early in the paper", by_hand),
    ("5", "Setting", "Describe setting, places, and dates of recruitment and follow-up", by_hand),
    ("6a", "Participants", "Give eligibility, sources and selection, and how patients were "
     "followed up", by_hand),
    ("6b", "Matching", "Give the matching criteria and the numbers exposed and unexposed",
     matched),
    ("7", "Variables", "Define outcomes, exposures, confounders and effect modifiers",
     endpoints),
    ("8", "Measurement", "Give the source and the method of measuring each variable", by_hand),
    ("9", "Bias", "Describe how potential bias was addressed", by_hand),
    ("10", "Study size", "Explain how the size of the study was arrived at", by_hand),
    ("11", "Quantitative variables", "Explain how numbers were handled and grouped", by_hand),
    ("12a", "Statistical methods", "Describe all methods, including control of confounding",
     methods),
    ("12b", "", "Describe the analysis of subgroups and interactions", subgroups),
    ("12c", "", "Explain how missing data were addressed", missing_handled),
    ("12d", "", "Explain how loss to follow-up was addressed", by_hand),
    ("12e", "", "Describe sensitivity analyses", by_hand),
    ("13a", "Participants", "Report the numbers at each stage", participants),
    ("13b", "", "Give the reasons for exclusion at each stage", exclusions),
    ("13c", "", "Consider a flow diagram", flow),
    ("14a", "Descriptive data", "Describe the patients, exposures and potential confounders",
     characteristics),
    ("14b", "", "Give the number with missing data for each variable", missing),
    ("14c", "", "Summarise the follow-up time", follow_up),
    ("15", "Outcome data", "Report the numbers of outcome events over time", events),
    ("16a", "Main results", "Give unadjusted and adjusted estimates with their precision, and "
     "the confounders adjusted for", estimates),
    ("16b", "", "Report the boundaries of categories made from numbers", by_hand),
    ("16c", "", "Translate relative into absolute risk, where relevant", absolute),
    ("17", "Other analyses", "Report other analyses: subgroups, interactions, sensitivity",
     other),
    ("18", "Key results", "Summarise the results with reference to the objectives", by_hand),
    ("19", "Limitations", "Discuss bias and imprecision, their direction and size", by_hand),
    ("20", "Interpretation", "Interpret cautiously, in view of similar studies", by_hand),
    ("21", "Generalisability", "Discuss the external validity", by_hand),
    ("22", "Funding", "Give the source of funding and the role of the funders", by_hand),
)  # fmt: skip

STROBE = Checklist(
    title="STROBE checklist",
    source=f"STROBE checklist for cohort studies, abridged from {references.VON_ELM_2007}.",
    items=_ITEMS,
)
