"""Clips of all kinds, made with ffmpeg."""

import subprocess

TEST = "testsrc2=size=96x70:rate=25:duration=2"
SOUND = "sine=frequency=440:duration=2"

# name: (options of ffmpeg, the planar layout that has the same samples)
CLIPS = {
    "h264.mp4": ("-c:v libx264 -pix_fmt yuv420p", "yuv420p"),
    "h264_b.mkv": ("-c:v libx264 -bf 3 -pix_fmt yuv420p", "yuv420p"),
    "ntsc.mov": ("-r 30000/1001 -c:v mpeg4 -q:v 3", "yuv420p"),
    "variable.mkv": ("-vf settb=1/1000,setpts=(N/25+mod(N\\,3)/100)/TB -fps_mode vfr "
                     "-enc_time_base 1/1000 -c:v libx264 -pix_fmt yuv420p", "yuv420p"),
    "rotated.mp4": ("-c:v mpeg4", "yuv420p"),
    "fields.mpg": ("-c:v mpeg2video -flags +ildct+ilme -top 1 -q:v 2", "yuv420p"),
    "fields.avi": ("-c:v mpeg4 -flags +ildct+ilme -top 0 -q:v 2", "yuv420p"),
    "deep.mkv": ("-c:v libx264 -pix_fmt yuv420p10le", "yuv420p10le"),
    "prores.mov": ("-c:v prores_ks -pix_fmt yuv422p10le", "yuv422p10le"),
    "rgb16.mkv": ("-c:v ffv1 -pix_fmt gbrp16le", "gbrp16le"),
    "rgb.mkv": ("-c:v ffv1 -pix_fmt bgr0", "gbrp"),
    "alpha.mkv": ("-c:v ffv1 -pix_fmt bgra", "gbrap"),
    "gray.mkv": ("-c:v ffv1 -pix_fmt gray", "gray"),
    "gray10.mkv": ("-c:v ffv1 -pix_fmt gray10le", "gray10le"),
    "packed.avi": ("-c:v rawvideo -pix_fmt yuyv422", "yuv422p"),
    # enlarged at 16 bits: the two bytes of a sample differ
    "big_endian.mov": ("-vf format=rgb48,scale=144:105 -c:v png -pix_fmt rgb48be", "gbrp16le"),
    "jpeg.avi": ("-c:v mjpeg -pix_fmt yuvj422p", "yuvj422p"),
    "dv.dv": ("-s 720x576 -r 25 -c:v dvvideo -pix_fmt yuv420p", "yuv420p"),
    "vp9.webm": ("-c:v libvpx-vp9 -deadline realtime -cpu-used 8", "yuv420p"),
    "tiny.nut": ("-vf scale=7:5 -c:v rawvideo -pix_fmt yuv420p", "yuv420p"),
    "word.nut": ("-c:v rawvideo -pix_fmt rgb565le", "gbrp"),
    "word15.nut": ("-c:v rawvideo -pix_fmt bgr555be", "gbrp"),
    "palette.mov": ("-c:v png -pix_fmt pal8", "gbrap"),
    "white.nut": ("-c:v rawvideo -pix_fmt monow", "gray"),
    "black.nut": ("-c:v rawvideo -pix_fmt monob", "gray"),
    "alpha12.mov": ("-c:v prores_ks -pix_fmt yuva444p10le -profile:v 4", "yuva444p16le"),
    "raw.h264": ("-c:v libx264 -pix_fmt yuv420p", "yuv420p"),
    "sound.wmv": (f"-f lavfi -i {SOUND} -c:v wmv2 -c:a wmav2", "yuv420p"),
    "sound.mkv": (f"-f lavfi -i {SOUND} -c:v libx264 -pix_fmt yuv420p -c:a aac", "yuv420p"),
}


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=600).stdout


def through(clip):
    """The layout through which ffmpeg converts a clip's samples exactly."""
    return "rgb24" if "word" in clip else "rgba" if "palette" in clip else ""


def frame_sums(path, layout, before=""):
    """The MD5 of each frame's samples in a layout; before: the layout to convert it to first."""
    filters = ["-vf", f"format={before}"] if before else []
    lines = run("ffmpeg", "-v", "quiet", "-threads", "1", "-noautorotate", "-i", str(path), "-map",
                "0:v:0", *filters, "-fps_mode", "passthrough", "-pix_fmt", layout, "-f", "framemd5",
                "-").splitlines()
    return [line.split(",")[-1].strip() for line in lines if not line.startswith("#")]


def make(path, options):
    """Make a clip with these options of ffmpeg; one called "rotated" is to be turned by players."""
    before, after = [], options.split()
    if "-i" in after:
        cut = after.index("-i") + 2
        before, after = after[:cut], after[cut:]
    run("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", TEST, *before, *after, "-bitexact",
        str(path))
    if path.stem == "rotated":  # ffmpeg only makes the tag while it copies
        plain = path.with_name(f"not_{path.name}")
        path.rename(plain)
        run("ffmpeg", "-v", "error", "-y", "-i", str(plain), "-c", "copy", "-metadata:s:v:0",
            "rotate=90", str(path))
