#include "image/foreign.h"

#include "image/format.h"

#define KIND(title, remedy, signature)                                                             \
    {                                                                                              \
        title, remedy, signature, sizeof(signature) - 1                                            \
    }

static const char convert[] = "convert it to PNG or TIFF";
static const char develop[] = "develop it to TIFF or PNG with a raw converter";
static const char extract[] = "extract the frames that you need";

/* In ISO base media files, the brand starts at byte 8. The rows are tried in order: "????ftyp"
 * matches every brand that no row before it matches. */
static const pat_foreign kinds[] = {
    KIND("a GIF image", convert, "GIF8"),
    KIND("a HEIC image", convert, "????ftyphei"),
    KIND("a HEIC image", convert, "????ftyphev"),
    KIND("a HEIF image", convert, "????ftypmif1"),
    KIND("a HEIF image", convert, "????ftypmsf1"),
    KIND("an AVIF image", convert, "????ftypavi"),
    KIND("a JPEG XL image", convert, "\xff\x0a"),
    KIND("a JPEG XL image", convert, "\0\0\0\x0cJXL \r\n\x87\n"),
    KIND("a JPEG 2000 image", convert, "\0\0\0\x0cjP  \r\n\x87\n"),
    KIND("a JPEG 2000 image", convert, "\xff\x4f\xff\x51"),
    KIND("a JPEG XR image", convert, "II\xbc\1"),
    KIND("an OpenEXR image", convert, "\x76\x2f\x31\1"),
    KIND("a Radiance HDR image", convert, "#?RADIANCE"),
    KIND("a Photoshop document", "save it as TIFF or PNG", "8BPS"),
    KIND("a GIMP document", "export it as TIFF or PNG", "gimp xcf"),
    KIND("a PDF document", "extract its images, for example with pdfimages", "%PDF-"),
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
};

const pat_foreign *pat_foreign_of_file(pat_file_bytes file)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (pat_format_matches(file, kinds[i].signature, kinds[i].size))
            return &kinds[i];
    return NULL;
}
