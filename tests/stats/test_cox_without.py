"""The likelihood of a model without some of its columns."""

import numpy as np
import pytest

from hcc2l.stats.cox import cox, loglik_without
from hcc2l.stats.partial_likelihood import ordered


@pytest.mark.parametrize("effect", [0.0, 0.3, 2.5])
@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_likelihood_without_columns_is_that_of_the_smaller_model(effect, ties):
    random = np.random.default_rng(5)
    x = random.normal(size=(300, 4)) * [1, 10, 0.1, 1]
    x[:, 3] += x[:, 0]
    time = np.ceil(random.exponential(40 * np.exp(-effect * x[:, 0])))
    event, strata = random.random(300) < 0.7, random.integers(0, 2, 300)
    data, fit = ordered(time, event, x, ties, strata, None), cox(
        time, event, x, ties=ties, strata=strata
    )  # fmt: skip
    for columns in ([0], [1], [0, 3], [1, 2, 3]):
        without = np.isin(np.arange(4), columns)
        smaller = cox(time, event, x[:, ~without], ties=ties, strata=strata)
        assert loglik_without(data, fit, without) == pytest.approx(smaller.loglik, rel=1e-11)
