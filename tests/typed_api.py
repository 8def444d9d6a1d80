"""How a user calls the public functions, for mypy: every wrong call has to be an error."""

from __future__ import annotations

import hcc2l

cohort: hcc2l.Cohort = hcc2l.read_cohort("cohort.csv")
report: hcc2l.Report = hcc2l.km(cohort, by="child_pugh", at=[6, 12])
hcc2l.km()
hcc2l.km("cohort.csv", at=[6.5], where="age>=18")
hcc2l.cox(cohort=cohort, covariates=["age", "child_pugh"], ties="breslow")
hcc2l.roc(cohort, outcome="primary_resistance", marker=("afp",), boot=200)
leaves: hcc2l.Report = hcc2l.fit_tree(cohort, covariates=["afp"]).report
plan: hcc2l.Report = hcc2l.size(hr=0.7, power=0.8)
version: str = hcc2l.__version__
table: hcc2l.Table = report.table("groups")

hcc2l.km(cohort, nosuch=1)  # type: ignore[call-arg]
hcc2l.km(cohort, "child_pugh")  # type: ignore[call-arg, arg-type]
hcc2l.km(cohort, at=["six"])  # type: ignore[list-item]
hcc2l.km(cohort, tau="12")  # type: ignore[arg-type]
hcc2l.km(cohort, conf_type="loglog")  # type: ignore[arg-type]
hcc2l.size(hr="0.7")  # type: ignore[arg-type]
hcc2l.size(cohort)  # type: ignore[call-arg, arg-type]
hcc2l.nosuch()  # type: ignore[attr-defined]
