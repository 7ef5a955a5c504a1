"""How the phone model is made: recordings and voices -> mixtures -> network -> int8 steps.

The way of the data: ``texts`` and ``corpus`` say what is spoken, ``voices`` makes more speakers of
it, ``store`` keeps the device's own log-mel rows of everything, ``mixing`` turns them into endless
examples and ``conditions`` brings those to a desk, ``network`` and ``learning`` fit the model
(``warm_start`` from an earlier one), ``export`` writes what the device runs. ``scripts/evaluate
strangers --card`` says what it is.
"""
