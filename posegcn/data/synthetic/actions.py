"""Fifteen actions; each sets joint angles in degrees as functions of time."""

import numpy as np

from posegcn.data.synthetic.motion import Array, Motion

ACTIONS = {}


def action(function):
    """Enter an action in ``ACTIONS`` under its name."""
    ACTIONS[function.__name__] = function
    return function


def gait(m: Motion, cycle: Array, stride: float, knee: float, arms: float, elbow: float) -> None:
    """Legs that swing in turn, arms that swing against them.

    Args:
        m: Motion to add to.
        cycle: Phase; one turn is two steps.  (T,)
        stride: Amplitude of the thighs in degrees.
        knee: Bend of the knee while its leg swings forwards, in degrees.
        arms: Amplitude of the arms in degrees.
        elbow: Mean bend of the elbows in degrees.
    """
    for side, phase in (("l", cycle), ("r", cycle + np.pi)):
        swing = np.sin(phase)
        bend = np.clip(np.cos(phase - 0.3), 0, None) ** 2
        m.add(
            **{
                f"{side}hip_flex": stride * swing + 0.3 * stride,
                f"{side}knee_flex": 6 + knee * bend,
                f"{side}shoulder_flex": -arms * swing,
                f"{side}shoulder_abduct": 8,
                f"{side}elbow_flex": elbow - 0.5 * arms * swing,
            }
        )
    m.add(spine_twist=0.2 * arms * np.sin(cycle), pelvis_roll=3 * np.sin(cycle + 0.5))


def stand(m: Motion) -> None:
    """Weight on both feet, arms somewhere near the body."""
    m.both(knee_flex=m.uniform(4, 15), hip_flex=m.uniform(2, 8), hip_abduct=m.uniform(2, 10))
    m.both(shoulder_abduct=m.uniform(5, 20), elbow_flex=m.uniform(10, 50))
    m.act(hip_twist=m.uniform(-10, 20), knee_flex=m.uniform(0, 15))


def squat(m: Motion, depth: Array, degrees: float) -> None:
    """Hips, knees and trunk bend together; depth 0 stands, 1 is down."""
    m.both(hip_flex=0.9 * degrees * depth, knee_flex=1.1 * degrees * depth)
    m.add(spine_flex=0.25 * degrees * depth)


@action
def walk(m: Motion) -> None:
    """Walk along a curve."""
    tempo = m.uniform(0.8, 1.1)
    gait(m, m.phase(tempo, tempo), m.uniform(20, 30), m.uniform(40, 60), m.uniform(15, 35), 20)
    m.speed += 1.35 * tempo


@action
def run(m: Motion) -> None:
    """Run along a curve, elbows bent, trunk leaning forwards."""
    cycle = m.phase(1.2, 1.5)
    gait(m, cycle, m.uniform(35, 48), m.uniform(80, 105), m.uniform(35, 55), 90)
    m.add(spine_flex=m.uniform(8, 18))
    m.lift += 0.06 * (1 - np.cos(2 * cycle))
    m.speed += m.uniform(2.0, 2.6)


@action
def jump(m: Motion) -> None:
    """Crouch, throw the arms up and leave the floor, several times."""
    stand(m)
    phase = m.phase(0.5, 0.8)
    flight = np.clip(np.sin(phase), 0, None) ** 2
    crouch = np.clip(-np.sin(phase), 0, None) ** 2
    squat(m, crouch, m.uniform(70, 100))
    m.both(shoulder_flex=m.uniform(100, 150) * flight - 35 * crouch)
    m.both(knee_flex=m.uniform(0, 50) * flight, hip_flex=m.uniform(0, 30) * flight)
    m.lift += m.uniform(0.15, 0.4) * flight


@action
def crouch(m: Motion) -> None:
    """Down into a deep crouch and up again, arms forwards for balance."""
    stand(m)
    depth = m.cycle(0.2, 0.4)
    squat(m, depth, m.uniform(90, 115))
    m.both(shoulder_flex=m.uniform(30, 80) * depth)


@action
def sit_down(m: Motion) -> None:
    """From standing to sitting on a chair, or back."""
    stand(m)
    seated = m.transition() if m.uniform(0, 1) < 0.7 else 1 - m.transition()
    m.both(hip_flex=m.uniform(72, 88) * seated, knee_flex=m.uniform(70, 90) * seated)
    m.add(spine_flex=45 * 4 * seated * (1 - seated) + m.uniform(-8, 12) * seated)
    m.both(shoulder_flex=m.uniform(10, 40) * seated, elbow_flex=m.uniform(20, 60) * seated)


@action
def sit_and_talk(m: Motion) -> None:
    """Sit, legs possibly crossed, and talk with both hands."""
    m.both(hip_flex=m.uniform(75, 90), knee_flex=m.uniform(70, 100), hip_abduct=m.uniform(0, 20))
    m.act(hip_flex=m.uniform(0, 25), hip_twist=m.uniform(-30, 30), knee_flex=m.uniform(-30, 20))
    m.add(spine_flex=m.uniform(-10, 30), spine_twist=m.uniform(-15, 15))
    for move in (m.act, m.rest):
        move(shoulder_flex=m.uniform(10, 50) + m.wander(12), elbow_flex=70 + m.wander(22))
        move(shoulder_twist=m.uniform(-20, 50) + m.wander(15), shoulder_abduct=12)


@action
def reach(m: Motion) -> None:
    """Reach out with one arm for something high, far or low, leaning after it."""
    stand(m)
    out = m.cycle(0.25, 0.5)
    m.act(shoulder_flex=m.uniform(50, 150) * out, shoulder_abduct=m.uniform(-10, 60) * out)
    m.act(elbow_flex=-30 * out, shoulder_twist=m.uniform(-30, 30) * out)
    m.add(spine_flex=m.uniform(0, 35) * out, spine_twist=m.uniform(-30, 30) * out)
    m.add(spine_side=m.uniform(-20, 20) * out)


@action
def pick_up(m: Motion) -> None:
    """Bend down to the floor with bent knees, and lift something."""
    stand(m)
    down = m.cycle(0.25, 0.45)
    squat(m, down, m.uniform(40, 80))
    m.add(spine_flex=m.uniform(30, 50) * down, pelvis_pitch=m.uniform(10, 30) * down)
    m.both(shoulder_flex=m.uniform(40, 80) * down + 25 * (1 - down), elbow_flex=40 * (1 - down))


@action
def turn(m: Motion) -> None:
    """Turn on the spot with small steps, the head first."""
    stand(m)
    gait(m, m.phase(0.8, 1.1), 8, 25, 6, 15)
    direction = m.rng.choice((-1, 1))
    m.add(pelvis_yaw=direction * m.uniform(60, 130) * m.seconds)
    m.add(neck_twist=direction * m.uniform(15, 40), spine_twist=direction * m.uniform(5, 15))


@action
def wave(m: Motion) -> None:
    """Wave with a raised forearm, high or at the shoulder."""
    stand(m)
    m.act(shoulder_abduct=m.uniform(60, 110), shoulder_flex=m.uniform(10, 60))
    m.act(elbow_flex=m.uniform(50, 80) + m.uniform(20, 35) * np.sin(m.phase(1.0, 2.0)))
    m.act(shoulder_twist=-60 + 20 * np.sin(m.phase(1.0, 2.0)))
    m.add(spine_side=m.wander(5))


@action
def point(m: Motion) -> None:
    """Point with a straight arm at one place after another, looking there."""
    stand(m)
    out = m.cycle(0.2, 0.4, sharpness=3)
    aside = m.uniform(-20, 80) + m.wander(15)
    m.act(shoulder_flex=(m.uniform(60, 100) + m.wander(10)) * out, shoulder_abduct=aside * out)
    m.act(elbow_flex=-35 * out)
    m.add(neck_twist=(0.5 if m.acting == "l" else -0.5) * aside * out)


@action
def throw(m: Motion) -> None:
    """Draw one arm back, step and throw."""
    stand(m)
    phase = m.phase(0.35, 0.6)
    back, forth = np.clip(np.sin(phase), 0, None) ** 2, np.clip(-np.sin(phase), 0, None) ** 2
    way = 1 if m.acting == "l" else -1
    m.act(shoulder_abduct=90 * back + 20 * forth, shoulder_flex=100 * forth - 30 * back)
    m.act(elbow_flex=90 * back, shoulder_twist=-70 * back + 40 * forth)
    m.rest(shoulder_flex=60 * back, hip_flex=40 * back, knee_flex=35 * back)
    m.add(spine_twist=way * (30 * back - 30 * forth), spine_flex=25 * forth)


@action
def kick(m: Motion) -> None:
    """Swing one leg back and kick, the arms held out for balance."""
    stand(m)
    phase = m.phase(0.5, 0.9)
    back, forth = np.clip(np.sin(phase), 0, None) ** 2, np.clip(-np.sin(phase), 0, None) ** 2
    m.act(hip_flex=m.uniform(60, 100) * forth - 30 * back, knee_flex=90 * back)
    m.act(hip_abduct=m.uniform(-10, 25) * forth)
    m.add(spine_flex=15 * back - 15 * forth)
    m.both(shoulder_abduct=m.uniform(20, 60) * (back + forth))
    m.rest(shoulder_flex=50 * forth, knee_flex=15)


@action
def stretch(m: Motion) -> None:
    """Arms overhead, bending from side to side and backwards."""
    stand(m)
    up = m.uniform(0.7, 1.0) + 0.15 * np.sin(m.phase(0.2, 0.5))
    m.both(shoulder_abduct=m.uniform(80, 150) * up, shoulder_flex=m.uniform(0, 60))
    m.both(elbow_flex=m.uniform(-20, 60))
    m.add(spine_side=m.uniform(15, 28) * np.sin(m.phase(0.2, 0.4)))
    m.add(spine_flex=m.uniform(-20, 10) + m.wander(8))


@action
def balance(m: Motion) -> None:
    """Stand on one leg, arms wide, the other leg up in front or behind."""
    m.rest(knee_flex=m.uniform(3, 25), hip_flex=m.uniform(0, 15) + m.wander(3))
    m.act(hip_flex=m.uniform(-25, 90) + m.wander(6), knee_flex=m.uniform(10, 110) + m.wander(8))
    m.act(hip_abduct=m.uniform(-10, 40), hip_twist=m.uniform(-30, 30))
    m.both(shoulder_abduct=m.uniform(50, 95), elbow_flex=m.uniform(5, 40))
    m.add(spine_side=m.wander(8), spine_flex=m.uniform(-5, 50) + m.wander(6))
