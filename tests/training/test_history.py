from posegcn.training.history import Epoch, best_epoch, to_csv


def epochs(*errors):
    return [Epoch(i + 1, 10 * (i + 1), 0.5, e, 1e-3, 2.0) for i, e in enumerate(errors)]


def test_best_is_the_lowest_validation_error():
    assert best_epoch(epochs(50.0, 40.0, 45.0)).epoch == 2
    assert best_epoch(epochs(40.0, 40.0)).epoch == 1


def test_without_validation_the_last_is_kept():
    assert best_epoch(epochs(None, None)).epoch == 2


def test_csv():
    assert to_csv(epochs(50.0)) == (
        "epoch,step,loss,validation_mm,learning_rate,seconds\n1,10,0.5,50.0,0.001,2.0\n"
    )
