"""The notebook of docs/ runs over the sample from its first cell to its plot."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from cowrie_assets.operations.ingest import ingest
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse

pytestmark = pytest.mark.soak
NOTEBOOK = Path(__file__).parents[2] / "docs" / "analysis.ipynb"


def test_every_cell_runs(sample_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Warehouse.open(sample_settings.database_url) as warehouse:
        ingest(warehouse, sample_settings)
    monkeypatch.setenv("COWRIE_DATABASE_URL", sample_settings.database_url)
    for variable in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable.lower()))
    monkeypatch.setenv("PYTHONPATH", str(NOTEBOOK.parents[1]))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [output for output in outputs if output["output_type"] in ("error", "stream")] == []
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert len(outputs) == 5
