"""Small skeletons and motion in the format of Acclaim, made by hand."""

# A leg that hangs down: thigh of 4, shin of 3, and a toe of 1 that points forward (z). The thigh's
# own axes are turned about z by a right angle, so that its x is the world's y.
LEG_ASF = """# made by hand
:version 1.10
:name leg
:units
  mass 1.0
  length 0.45
  angle deg
:documentation
   thigh, shin and toe
:root
   order TX TY TZ RX RY RZ
   axis XYZ
   position 0 0 0
   orientation 0 0 0
:bonedata
  begin
     id 1
     name thigh
     direction 0 -1 0
     length 4
     axis 0 0 90 XYZ
    dof rx rz
    limits (-160.0 20.0)
           (-70.0 70.0)
  end
  begin
     id 2
     name shin
     direction 0 -1 0
     length 3
     axis 0 0 0 XYZ
    dof rx
    limits (-10.0 170.0)
  end
  begin
     id 3
     name toe
     direction 0 0 1
     length 1
     axis 0 0 0 XYZ
  end
:hierarchy
  begin
    root thigh
    thigh shin
    shin toe
  end
"""

LEG_AMC = """#!OML:ASF leg.asf
:FULLY-SPECIFIED
:DEGREES
1
root 1 2 3 0 0 0
thigh 0 0
shin 0
2
root 0 0 0 0 0 90
thigh 0 0
shin 0
3
root 0 0 0 90 90 0
thigh 0 0
shin 0
4
root 0 0 0 0 0 0
thigh 90 0
shin 0
5
root 0 0 0 0 0 0
thigh 90 90
shin 0
6
root 0 0 0 0 0 0
thigh 0 90
shin 90
"""

# Bones of a CMU skeleton that count for the joints, as small as can be: parent and offset.
CMU_BONES = {
    "lhipjoint": ("root", (1, -1, 0)),
    "lfemur": ("lhipjoint", (0, -4, 0)),
    "ltibia": ("lfemur", (0, -4, 0)),
    "rhipjoint": ("root", (-1, -1, 0)),
    "rfemur": ("rhipjoint", (0, -4, 0)),
    "rtibia": ("rfemur", (0, -4, 0)),
    "lowerback": ("root", (0, 2, 0)),
    "upperback": ("lowerback", (0, 2, 0)),
    "thorax": ("upperback", (0, 2, 0)),
    "lowerneck": ("thorax", (0, 2, 0)),
    "upperneck": ("lowerneck", (0, 1, 0)),
    "head": ("upperneck", (0, 0, 2)),
    "lclavicle": ("thorax", (2, 0, 0)),
    "lhumerus": ("lclavicle", (4, 0, 0)),
    "lradius": ("lhumerus", (3, 0, 0)),
    "lwrist": ("lradius", (1, 0, 0)),
    "rclavicle": ("thorax", (-2, 0, 0)),
    "rhumerus": ("rclavicle", (-4, 0, 0)),
    "rradius": ("rhumerus", (-3, 0, 0)),
    "rwrist": ("rradius", (-1, 0, 0)),
}


def cmu_asf(without=()):
    """A rigid body: one unit is a tenth of a metre."""
    bones = {name: bone for name, bone in CMU_BONES.items() if name not in without}
    lines = [":units", "length 0.254", "angle deg"]
    lines += [":root", "order TX TY TZ RX RY RZ", "position 0 0 0", "orientation 0 0 0"]
    lines.append(":bonedata")
    for name, (_, offset) in bones.items():
        direction = " ".join(map(str, offset))
        lines += ["begin", f"name {name}", f"direction {direction}", "length 1", "axis 0 0 0 XYZ"]
        lines.append("end")
    lines += [":hierarchy", "begin"]
    lines += [f"{parent} {name}" for name, (parent, _) in bones.items()]
    return "\n".join([*lines, "end", ""])


def cmu_amc(places, turn=0):
    """The body at places (x, y, z) of its root, one for each frame, turned about the vertical."""
    lines = [":FULLY-SPECIFIED", ":DEGREES"]
    for number, place in enumerate(places, 1):
        lines += [str(number), "root " + " ".join(map(str, (*place, 0, turn, 0)))]
    return "\n".join([*lines, ""])


def walk(num_frames):
    """Places of someone who walks straight on at 1.2 m/s, a hundredth of a metre a frame."""
    return [(0, 10, 0.1 * frame) for frame in range(num_frames)]


def write_cmu_raw(folder, trials):
    """ASF and AMC files in the database's layout; trials are texts by name, as in ``02_01``."""
    for name, motion in trials.items():
        subject = name.split("_")[0]
        place = folder / "subjects" / subject
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{subject}.asf").write_text(cmu_asf())
        (place / f"{name}.amc").write_text(motion)
    return folder
