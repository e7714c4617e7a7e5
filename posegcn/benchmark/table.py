"""The results of the benchmark as text."""

from collections.abc import Iterator, Mapping
from typing import Any

PARTS = {
    "data": "a batch",
    "step": "a step, batch given",
    "end_to_end": "a step, end to end",
    "one_pose": "one pose",
    "many_poses": "a pose of many",
    "evaluation": "evaluation, a pose",
    "clip": "a frame of a clip",
}


def table(result: Mapping[str, Any]) -> str:
    """Everything that was measured, for people."""
    lines = []
    for name, network in result["networks"].items():
        lines += _network(name, network, result["gate"]["difference"][name])
    return "\n".join([*lines, *_footer(result)])


def _network(name: str, network: Mapping[str, Any], difference: float) -> Iterator[str]:
    batch, published = network["batch_size"], network["published_batch_size"]
    size = f"batch {batch}" + ("" if batch == published else f" (published: {published})")
    yield f"{name}, {size}; equal to the textbook form to {difference:.0e}"
    for part, rows in (*network["training"].items(), *network["prediction"].items()):
        for side, row in rows.items():
            yield f"  {PARTS[part]:21}{side:18}{_time(row['seconds']['median'])}  {_extra(row)}"
    for side, work in network["work"].items():
        yield f"  {'work of a step':21}{side:18}{_work(work)}"
    for side, why in network["skipped"].items():
        yield f"  {side}: {why}"
    yield ""


def _extra(row: Mapping[str, Any]) -> str:
    words = []
    if faster := row.get("times_faster"):
        words.append(f"{faster['median']:6.2f} x [{faster['lower']:.2f}, {faster['upper']:.2f}]")
    if "epoch_seconds" in row:
        words.append(f"{row['poses_per_second']:,.0f} poses/s")
        words.append(f"an epoch of Human3.6M {_time(row['epoch_seconds']).strip()}")
    if "test_set_seconds" in row:
        words.append(f"its test set {_time(row['test_set_seconds']).strip()}")
    return ", ".join(words)


def _work(work: Mapping[str, Any]) -> str:
    words = [
        f"{work['operators']} operators, {work['views']} views",
        f"{work['bytes'] / 1e6:,.0f} MB moved, {work['held_bytes'] / 1e6:,.0f} MB held",
        f"{work['operations'] / 1e9:,.1f} GFLOP",
        f"{100 * work['fraction_of_floor']:.0f} % of the floor's speed",
    ]
    if "kernels" in work:
        words.append(f"{work['kernels']} kernels in {work['launches']} launches")
        words.append(f"{work['waits']} waits, at most {work['peak_bytes'] / 2**20:,.0f} MiB")
    return ", ".join(words)


def _time(seconds: float) -> str:
    for unit, factor in (("h", 3600), ("min", 60), ("s", 1), ("ms", 1e-3)):
        if seconds >= factor:
            return f"{seconds / factor:8.2f} {unit:3}"
    return f"{1e6 * seconds:8.2f} us "


def _footer(result: Mapping[str, Any]) -> Iterator[str]:
    where, ceilings = result["environment"], result["ceilings"]
    yield (
        f"medians of {result['rounds']} interleaved rounds; x: times faster than the textbook "
        "loop (a clip: than window by window) [quartiles]"
    )
    yield (
        f"floor: {ceilings['bytes_per_second'] / 1e9:,.0f} GB/s copied, "
        f"{ceilings['operations_per_second'] / 1e9:,.0f} GFLOP/s in a product"
    )
    yield (
        f"{where['gpu'] or where['cpu']}, threads {where['threads']} of {where['cores']} cores, "
        f"load {where['load_average']:.1f}, {where['precision']}, torch {where['torch']}, "
        f"textbook loader with {where['loader_processes']} processes"
    )
