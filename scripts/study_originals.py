#!/usr/bin/python3
"""The photographs of the study, from Debian's packages, scaled to 640 pixels on the short side.

    study_originals.py LEARN_DIR UNSEEN_DIR

Every fifth photograph, in the order of their names, goes to UNSEEN_DIR and is never learnt from.
gnome-backgrounds holds drawings and renderings only, so photographs of three other packages and of
scikit-image make up the number.
"""

import os
import sys

import cv2

SHORT_SIDE_PX = 640
BACKGROUNDS = "/usr/share/backgrounds/"
PLASMA = "/usr/share/wallpapers/{}/contents/images/2560x1600.jpg"
SKIMAGE = "/usr/lib/python3/dist-packages/skimage/data/"

# mate-backgrounds
MATE = """Aqua Blinds Dune FreshFlower Garden GreenMeadow LadyBird RainDrops Storm TwoWings Wood
          YellowFlower""".split()
# lomiri-wallpapers-16.04, and the last two: -20.04
LOMIRI = """Bridge_by_Sander_Klootwijk Dragonfly_by_Bolly Picture_0B_by_freespace
            Picture_1A_by_freespace Wine_by_Jakkub_Mede aitzgorri_by_Aitzol_Berasategi
            free_by_Peter_Nerlich friends_by_Aitzol_Berasategi greentock_by_Peter_Nerlich
            life_by_Aitzol_Berasategi picosdeeuropa_by_Aitzol_Berasategi
            seeding_by_Clements_Engelhardt sunset_by_Aitzol_Berasategi
            Infinite-Sea_by_Aury88 Kleiber_by_Lukas_Baubkus""".split()
# plasma-workspace-wallpapers
PLASMA_NAMES = """BytheWater ColdRipple ColorfulCups DarkestHour EveningGlow FallenLeaf Grey Kite
                  OneStandsOut Path summer_1am""".split()
# python3-skimage
SKIMAGE_NAMES = ["astronaut.png", "camera.png", "retina.jpg"]


def photographs():
    """(name, path) of each."""
    yield from ((name, f"{BACKGROUNDS}mate/nature/{name}.jpg") for name in MATE)
    yield "Elephants", BACKGROUNDS + "mate/abstract/Elephants.jpg"
    yield from ((name, f"{BACKGROUNDS}{name}.jpg") for name in LOMIRI)
    yield from ((name, PLASMA.format(name)) for name in PLASMA_NAMES)
    yield from ((os.path.splitext(name)[0], SKIMAGE + name) for name in SKIMAGE_NAMES)


def main():
    folders = sys.argv[1:3]
    for folder in folders:
        os.makedirs(folder, exist_ok=True)
    for index, (name, path) in enumerate(sorted(photographs())):
        image = cv2.imread(path)
        if image is None:
            sys.exit(f"study_originals.py: cannot read {path}; run scripts/setup.sh --study")
        scale = SHORT_SIDE_PX / min(image.shape[:2])
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=method)
        cv2.imwrite(os.path.join(folders[index % 5 == 4], name + ".png"), image)


if __name__ == "__main__":
    main()
