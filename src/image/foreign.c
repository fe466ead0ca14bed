#include "image/foreign.h"

#include "image/format.h"

#define KIND(title, remedy, signature)                                                             \
    {                                                                                              \
        title, remedy, signature, sizeof(signature) - 1                                            \
    }

static const char convert[] = "convert it to PNG or TIFF";
static const char develop[] = "develop it to TIFF, for example with darktable-cli or dcraw -T";
static const char take_out[] = "extract the images";
static const char draw[] = "export it as PNG, for example with Inkscape";
static const char extract[] = "extract the frames that you need";

/* In ISO base media files, the brand starts at byte 8. The rows are tried in order: "????ftyp"
 * matches every brand that no row before it matches. */
static const pat_foreign kinds[] = {
    KIND("a Netpbm image", convert, "P4\n"),
    KIND("a Netpbm image", convert, "P5\n"),
    KIND("a Netpbm image", convert, "P6\n"),
    KIND("a QOI image", convert, "qoif"),
    KIND("an MNG animation", extract, "\x8aMNG"),
    KIND("an icon", convert, "\0\0\1\0"),
    KIND("a FITS image", convert, "SIMPLE  ="),
    KIND("a JPEG XR image", convert, "II\xbc\1"),
    KIND("an OpenEXR image", convert, "\x76\x2f\x31\1"),
    KIND("a Radiance HDR image", convert, "#?RADIANCE"),
    KIND("a Photoshop document", "save it as TIFF or PNG", "8BPS"),
    KIND("a GIMP document", "export it as TIFF or PNG", "gimp xcf"),
    KIND("a PDF document", "extract its images, for example with pdfimages", "%PDF-"),
    KIND("a PostScript document", "convert it, for example with ghostscript", "%!PS"),
    KIND("an SVG drawing", draw, "<svg"),
    KIND("an XML file, such as an SVG drawing", draw, "<?xml"),
    KIND("an XML file, such as an SVG drawing", draw, "\xef\xbb\xbf<?xml"),
    KIND("a web page", "download it again", "<!DOCTYPE"),
    KIND("a web page", "download it again", "<!doctype"),
    KIND("a web page", "download it again", "<html"),
    KIND("a pointer to a file in Git LFS", "run 'git lfs pull'", "version https://git-lfs"),
    KIND("metadata of macOS for another file", "use that file", "\0\5\x16\7"),
    KIND("an archive or document", take_out, "PK\3\4"),
    KIND("an archive", take_out, "7z\xbc\xaf\x27\x1c"),
    KIND("an archive", take_out, "Rar!"),
    KIND("a compressed file", "decompress it", "\x1f\x8b"),
    KIND("a DjVu document", "export its pages as TIFF", "AT&TFORM"),
    KIND("a camera raw file (Canon CR3)", develop, "????ftypcrx "),
    KIND("a camera raw file (Canon CRW)", develop, "II\x1a\0\0\0HEAPCCDR"),
    KIND("a camera raw file (Fujifilm RAF)", develop, "FUJIFILMCCD-RAW"),
    KIND("a camera raw file (Minolta MRW)", develop, "\0MRM"),
    KIND("a camera raw file (Olympus ORF)", develop, "IIRO"),
    KIND("a camera raw file (Olympus ORF)", develop, "IIRS"),
    KIND("a camera raw file (Olympus ORF)", develop, "MMOR"),
    KIND("a camera raw file (Panasonic RW2)", develop, "IIU\0"),
    KIND("a camera raw file (Sigma X3F)", develop, "FOVb"),
    KIND("a video", extract, "????ftyp"),
    KIND("a video", extract, "????moov"),
    KIND("a video", extract, "RIFF????AVI "),
    KIND("a video", extract, "\x1a\x45\xdf\xa3"),
};

const pat_foreign *pat_foreign_of_file(pat_file_bytes file)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (pat_format_matches(file, kinds[i].signature, kinds[i].size))
            return &kinds[i];
    return NULL;
}
