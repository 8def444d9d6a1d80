"""The matched patients, from the file that `hcc2l psmatch --save` wrote."""

from __future__ import annotations

from collections import Counter

import numpy as np

from hcc2l.analyses.accounting import known_id_column
from hcc2l.cohort import Cohort, same_patient
from hcc2l.design import Mask, RowAccount
from hcc2l.errors import InputError, quoted_list
from hcc2l.readers import read_cohort
from hcc2l.wording import counted

_HINT = "Give the file that hcc2l psmatch --save wrote for this cohort."


def matched_rows(cohort: Cohort, account: RowAccount, path: str) -> Mask:
    """Whether each row of the cohort is that of a matched patient, shape (n,).

    Raises
    ------
    UsageError
        It is not known which column of the cohort holds the ids.
    InputError
        The file has no ids or pairs, a patient twice, or patients who are not among the rows kept.
    """
    name = known_id_column(cohort, "--matched")
    rows = {key: row for row, key in enumerate(_ids(cohort, name)) if key}
    matched = np.zeros(cohort.rows, dtype=np.bool_)
    ids = _matched_ids(cohort, name, path)
    unknown = [text for key, text in ids.items() if key not in rows]
    if unknown:
        raise InputError(
            f"{len(unknown)} of the {len(ids)} matched patients cannot be found in "
            f"{cohort.source.file}: {quoted_list(unknown)}.",
            where=f"{path}, column {name}",
            hint=_HINT,
        )
    matched[[rows[key] for key in ids]] = True
    _refuse_excluded(cohort, account, matched, path)
    return matched


def _matched_ids(cohort: Cohort, name: str, path: str) -> dict[str, str]:
    """The patients of the file with a pair: their ids as compared, and as written."""
    file = read_cohort(path, config=cohort.dictionary.path)
    for column in (name, "pair"):
        if column not in file.names:
            raise InputError(
                f"There is no column {column!r} of matched patients.", where=path, hint=_HINT
            )
    file.check_ids()
    pairs = file.column("pair")
    inside = np.flatnonzero(~pairs.missing).tolist()
    sizes = Counter(pairs.text(row) for row in inside)
    single = [pair for pair, size in sizes.items() if size == 1]
    if single or not sizes:
        raise InputError(
            f"Pairs with one patient: {quoted_list(single)}." if single else "No row has a pair.",
            where=f"{path}, column pair",
            hint="The matched patients must be saved without --replace: controls that are matched "
            "repeatedly belong to no pair.",
        )
    written = file.column(name)
    ids = _ids(file, name)
    return {ids[row]: written.text(row) for row in inside}


def _ids(cohort: Cohort, name: str) -> list[str]:
    """The id of each row, as ids are compared."""
    column = cohort.column(name)
    return [same_patient(column.text(row)) for row in range(cohort.rows)]


def _refuse_excluded(cohort: Cohort, account: RowAccount, matched: Mask, path: str) -> None:
    """InputError for matched patients whom an earlier step excluded."""
    excluded = np.flatnonzero(matched & ~account.keep)
    if excluded.size:
        raise InputError(
            f"--where or --by excludes {counted(excluded.size, 'matched patient')}: "
            f"{quoted_list(cohort.row_name(int(row)) for row in excluded)}.",
            where=f"{path}, column {cohort.id_column}",
            hint="Match the patients of the last box: use the same --where in hcc2l psmatch.",
        )
