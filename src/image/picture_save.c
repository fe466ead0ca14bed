/*
 * Write an image back, in most formats with libvips. If the format is unchanged, the row's carry()
 * keeps what libvips would change or drop.
 */
#include "image/picture.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "image/codec.h"
#include "image/vips.h"

enum { QUALITY_DEFAULT = 95 };

static bool source_says(const pat_picture *picture, const char *field)
{
    const pat_vips *vips = pat_codec_library();
    int value = 0;
    return picture->source != NULL && field != NULL &&
           vips->image_get_typeof(picture->source, field) != 0 &&
           vips->image_get_int(picture->source, field, &value) == 0 && value != 0;
}

static pat_picture_plan make_plan(const pat_picture *picture, const pat_picture_options *options)
{
    const pat_file_format *row = pat_format_row_written(
        options->format == PAT_FORMAT_NONE ? picture->row : pat_format_row(options->format));
    bool same = row == picture->row;
    bool upright = !same || options->strip;
    bool turned = upright && pat_recipe_swaps_sides(&picture->recipe);
    return (pat_picture_plan){
        .row = row,
        .bands = picture->channels + (picture->has_alpha && row->has_alpha),
        .depth = row->has_16_bits ? picture->depth : 8,
        .quality = options->quality == 0 ? QUALITY_DEFAULT : options->quality,
        .lossless = same && picture->recipe.lossless && options->quality == 0,
        .carries = same && !options->strip && row->carry != NULL,
        .strips = options->strip,
        .upright = upright,
        .interlaced = source_says(picture, picture->row->interlaced),
        .subsampled = picture->recipe.subsampled,
        .compressed = !same || picture->recipe.compressed,
        .aspect = {picture->recipe.aspect[turned], picture->recipe.aspect[!turned]},
    };
}

static void note_losses(pat_picture *picture, const pat_file_format *row)
{
    pat_picture_note(picture, picture->has_alpha && !row->has_alpha, PAT_NOTE_NO_ALPHA);
    pat_picture_note(picture, picture->depth == 16 && !row->has_16_bits, PAT_NOTE_NARROWED);
    pat_picture_note(picture,
                     picture->depth == 16 && row->has_12_of_16 &&
                         (picture->recipe.bits == 0 || picture->recipe.bits > 12),
                     PAT_NOTE_12_BITS);
    pat_picture_note(picture, picture->channels == 1 && !row->has_grey, PAT_NOTE_GREY_TO_RGB);
    pat_picture_note(picture,
                     picture->recipe.aspect[0] != picture->recipe.aspect[1] && !row->has_aspect,
                     PAT_NOTE_NO_ASPECT);
}

/* Whether the image's EXIF can be written. True if there is none. */
static bool is_exif_written(VipsImage *image)
{
    const pat_vips *vips = pat_codec_library();
    const void *data = NULL;
    size_t size = 0;
    return vips->image_get_typeof(image, VIPS_META_EXIF_NAME) == 0 ||
           vips->image_get_blob(image, VIPS_META_EXIF_NAME, &data, &size) != 0 ||
           pat_picture_exif_fits(size);
}

/* Note each kind of metadata that the original has and the new file lacks. libvips always writes
 * some EXIF into a JPEG or WebP, even if it has read none. */
static void note_lost_metadata(pat_picture *picture, const pat_picture_plan *plan,
                               pat_file_bytes saved)
{
    const pat_file_format *row = plan->row;
    bool made_up =
        !plan->carries && pat_picture_metadata(picture, VIPS_META_EXIF_NAME).bytes == NULL;
    for (pat_metadata kind = 0; kind < PAT_METADATA && picture->row->has_metadata != NULL; kind++)
        pat_picture_note(picture,
                         picture->row->has_metadata(picture->file, kind) &&
                             (row->has_metadata == NULL || !row->has_metadata(saved, kind) ||
                              (kind == PAT_METADATA_EXIF && made_up)),
                         PAT_NOTE_NO_EXIF + kind);
}

static void give_row(const pat_picture *picture, const pat_picture_plan *plan, int y, void *row)
{
    for (int i = 0; i < plan->bands; i++) {
        const pat_plane *plane = &picture->plane[i];
        const pat_deep_plane *deep = &picture->deep[i];
        for (int x = 0; x < picture->width; x++)
            if (picture->depth == 8)
                ((uint8_t *)row)[x * plan->bands + i] = plane->data[y * plane->stride + x];
            else if (plan->depth == 16)
                ((uint16_t *)row)[x * plan->bands + i] = deep->data[y * deep->stride + x];
            else
                ((uint8_t *)row)[x * plan->bands + i] =
                    (uint8_t)(deep->data[y * deep->stride + x] >> 8);
    }
}

static void set_header(VipsImage *image, const pat_picture *picture, const pat_picture_plan *plan)
{
    const double dpi_72 = 72 / 25.4; /* "unknown" in EXIF; libvips uses 1 */
    bool grey = picture->channels == 1, deep = plan->depth == 16;
    bool known = picture->pixels_per_mm[0] > 0 && picture->pixels_per_mm[1] > 0 &&
                 (picture->pixels_per_mm[0] != 1 || picture->pixels_per_mm[1] != 1 ||
                  picture->recipe.has_resolution);
    pat_codec_library()->image_init_fields(
        image, picture->width, picture->height, plan->bands,
        deep ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR, VIPS_CODING_NONE,
        grey   ? deep ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W
        : deep ? VIPS_INTERPRETATION_RGB16
               : VIPS_INTERPRETATION_sRGB,
        known ? picture->pixels_per_mm[0] : dpi_72, known ? picture->pixels_per_mm[1] : dpi_72);
}

/* Remove fields that no longer apply or are to be stripped. */
static void remove_fields(VipsImage *image, const pat_picture *picture,
                          const pat_picture_plan *plan)
{
    const pat_vips *vips = pat_codec_library();
    vips->image_remove(image, VIPS_META_N_PAGES);
    vips->image_remove(image, VIPS_META_PAGE_HEIGHT);
    if (pat_picture_has_note(picture, PAT_NOTE_CMYK) ||
        pat_picture_has_note(picture, PAT_NOTE_GREY_TO_RGB))
        vips->image_remove(image, VIPS_META_ICC_NAME);
    if (!is_exif_written(image))
        vips->image_remove(image, VIPS_META_EXIF_NAME);
    /* TIFF and JPEG wrap IPTC differently, and libvips does not convert it */
    if (plan->row != picture->row)
        vips->image_remove(image, VIPS_META_IPTC_NAME);
    char **fields = plan->strips ? vips->image_get_fields(image) : NULL;
    for (char **field = fields; field != NULL && *field != NULL; field++)
        if (strcmp(*field, VIPS_META_ICC_NAME) != 0 && strcmp(*field, VIPS_META_ORIENTATION) != 0 &&
            strcmp(*field, VIPS_META_RESOLUTION_UNIT) != 0)
            vips->image_remove(image, *field); /* has no effect on width and the like */
    vips->strfreev(fields);
}

static bool fill(VipsImage *image, const pat_picture *picture, const pat_picture_plan *plan)
{
    const pat_vips *vips = pat_codec_library();
    if (picture->source != NULL &&
        vips->image_pipelinev(image, VIPS_DEMAND_STYLE_ANY, picture->source, NULL) != 0)
        return false;
    set_header(image, picture, plan);
    remove_fields(image, picture, plan);
    uint16_t *row = malloc((size_t)picture->width * (size_t)plan->bands * sizeof *row);
    bool filled = row != NULL;
    for (int y = 0; y < picture->height && filled; y++) {
        give_row(picture, plan, y, row);
        filled = vips->image_write_line(image, y, (VipsPel *)row) == 0;
    }
    free(row);
    return filled;
}

static void append(const pat_picture *picture, const pat_picture_plan *plan, pat_file_bytes saved,
                   pat_buffer *out)
{
    if (plan->carries)
        plan->row->carry(picture->file, saved, !pat_picture_has_note(picture, PAT_NOTE_CMYK), out);
    else if (plan->row->complete != NULL)
        plan->row->complete(picture, plan, saved, out);
    else
        pat_buffer_append(out, saved.bytes, saved.size);
}

/* Encode the image as a file; NULL on failure. */
static VipsArea *encode(VipsImage *image, const pat_picture_plan *plan)
{
    const pat_vips *vips = pat_codec_library();
    VipsTarget *target = vips->target_new_to_memory();
    VipsArea *file = NULL;
    if (target != NULL && plan->row->encode(plan, image, target) == 0)
        vips->object_get(target, "blob", &file, NULL);
    if (target != NULL)
        vips->object_unref(target);
    return file;
}

/* Turn the image as the decoder did, because libvips may read another orientation from a damaged
 * file. If the decoder found no orientation, use that of libvips. NULL on failure. */
static VipsImage *turn_upright(VipsImage *image, unsigned orientation)
{
    const pat_vips *vips = pat_codec_library();
    VipsImage *upright = NULL;
    int turn = (int)orientation;
    if (turn >= 1 && turn <= 8)
        vips->image_set_int(image, VIPS_META_ORIENTATION, turn);
    else if (vips->image_get_typeof(image, VIPS_META_ORIENTATION) == 0 ||
             vips->image_get_int(image, VIPS_META_ORIENTATION, &turn) != 0)
        turn = 1;
    if (vips->autorot(image, &upright, NULL) != 0)
        return NULL;
    if (turn >= 5 && turn <= 8) { /* libvips swaps only the sides */
        upright->Xres = image->Yres;
        upright->Yres = image->Xres;
    }
    return upright;
}

/* Build the libvips image and encode it; NULL on failure. */
static VipsArea *make_file(const pat_picture *picture, const pat_picture_plan *plan)
{
    const pat_vips *vips = pat_codec_library();
    VipsImage *image = vips->image_new_memory(), *upright = NULL;
    VipsArea *file = NULL;
    bool filled = image != NULL && fill(image, picture, plan);
    if (filled && plan->upright)
        upright = turn_upright(image, picture->recipe.orientation);
    if (filled && (upright != NULL || !plan->upright))
        file = encode(upright != NULL ? upright : image, plan);
    if (upright != NULL)
        vips->object_unref(upright);
    if (image != NULL)
        vips->object_unref(image);
    return file;
}

pat_status pat_picture_save_target(const pat_picture *picture, const pat_picture_plan *plan,
                                   pat_buffer *out, pat_error *error)
{
    const pat_vips *vips = pat_codec_library();
    VipsArea *file = make_file(picture, plan);
    if (file == NULL)
        return pat_picture_fail(picture, PAT_INTERNAL, "saving the restored image", error);
    if (plan->row->finish != NULL)
        plan->row->finish(picture, plan, file->data, file->length);
    append(picture, plan, (pat_file_bytes){file->data, file->length}, out);
    vips->area_unref(file);
    vips->error_clear();
    return out->failed ? pat_fail_memory(error, "the restored file") : PAT_OK;
}

pat_status pat_picture_save(pat_picture *picture, const pat_picture_options *options,
                            pat_buffer *out, pat_error *error)
{
    pat_picture_plan plan = make_plan(picture, options);
    int limit = plan.row->longest_side;
    assert(!plan.row->only_kept || plan.row == picture->row);
    note_losses(picture, plan.row);
    if (limit > 0 && (picture->width > limit || picture->height > limit))
        return pat_fail(error, PAT_TOO_LARGE,
                        "%s: %dx%d pixels is too large for %s, which allows at most %d a side; "
                        "choose another --format",
                        picture->name, picture->width, picture->height, plan.row->title, limit);
    size_t start = out->size;
    pat_status status = pat_codec_need(plan.row, picture->name, error);
    if (status != PAT_OK)
        return status;
    status = plan.row->save(picture, &plan, out, error);
    bool rewritten = picture->source != NULL && !plan.carries && !plan.strips;
    pat_picture_note(picture, rewritten && picture->xmp_incomplete, PAT_NOTE_PART_OF_XMP);
    pat_picture_note(picture, rewritten && !is_exif_written(picture->source), PAT_NOTE_NO_EXIF);
    if (status == PAT_OK && !plan.strips)
        note_lost_metadata(picture, &plan,
                           (pat_file_bytes){(const uint8_t *)out->data + start, out->size - start});
    return status;
}
