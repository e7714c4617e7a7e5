"""A notebook with every kind of output that chapters have, stored as if it had been run."""

from base64 import b64encode
from io import BytesIO

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import torch
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from support.labs import BODY, SAMPLES, clip, lab

import posegcn as pg
from posegcn.viz.page import PLOTLY

SAMPLE = "sample"
CODE = '''import torch  # every kind of word that code has

@torch.no_grad()
def lift(self, number: int = 3, *rest, text="two\\n", raw=r"\\d+") -> None:
    """Docstring."""
    class Error(ValueError): pass
    for i in range(10):
        if i >= 2.5e-3 and not (number @ 0x1F) or i is None:
            raise Error(f"{i:.2f} of {len(rest)}") from None
    return lambda x: True if self.__class__ else {**rest}
'''
TEXT = """# Sample

Mathematics $y_i = b + \\sum_j a_{ij} x_j W_{ij}$, a link to [chapter 3](03_skeleton_as_graph).

| joint | error (mm) |
|---|---|
| head | 52.1 |

```
posegcn list layers
```
"""


def sample_notebook():
    """Code, printed text, two figures and all labs."""
    cells = [
        new_markdown_cell(TEXT),
        _cell(CODE, new_output("stream", name="stdout", text="joints  16\n")),
        _cell("figure", _shown({"image/png": picture(), "text/plain": "<Figure>"}), "A pose."),
        _cell("turning", _shown({PLOTLY: _turning()})),
        *(_cell(name, _shown(lab(name)._repr_mimebundle_()[0])) for name in SAMPLES),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    info = {"name": "python", "file_extension": ".py", "pygments_lexer": "ipython3"}
    metadata = {"kernelspec": kernel, "language_info": info}
    return nbformat.from_dict(new_notebook(cells=cells, metadata=metadata))


def _cell(source, output, caption=None):
    figure = {"mystnb": {"figure": {"caption": caption, "name": "fig-sample"}}} if caption else {}
    return new_code_cell(source, outputs=[output], execution_count=1, metadata=figure)


def _shown(data):
    return new_output("display_data", data=data, metadata={})


def picture():
    """Lines, words and a heat map as matplotlib draws them, in base 64."""
    file = BytesIO()
    with mpl.rc_context():
        pg.viz.set_style()
        figure, (left, right) = plt.subplots(1, 2, figsize=(7, 3))
        left.plot(torch.arange(12), clip().joints[:, 3, 1], label="rfoot")
        left.set(xlabel="frame", ylabel="down (m)", title="a foot")
        left.legend()
        pg.viz.draw_matrix(right, pg.Graph.from_skeleton(BODY).adjacency(), BODY, title="row")
        figure.savefig(file, format="png", dpi=100)
        plt.close(figure)
    return b64encode(file.getvalue()).decode()


def _turning():
    """A motion drawn by plotly, with its slider and its button."""
    return pg.viz.pose3d(clip().joints[:4], BODY).to_plotly_json()
