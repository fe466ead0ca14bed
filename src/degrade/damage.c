#include "degrade/damage.h"

#include <math.h>
#include <stdio.h>

#include "patina/restore.h"

void pat_damager_release(pat_damager *damager)
{
    pat_random_free(damager->random);
    pat_image_release(&damager->scratch);
    pat_buffer_release(&damager->jpeg);
    *damager = (pat_damager){0};
}

void pat_damage_seed(pat_random *random, uint32_t seed, int kind, const char *purpose)
{
    char key[100];
    int length = snprintf(key, sizeof key, "%s %s %lu", purpose, pat_damage_kind_of(kind)->name,
                          (unsigned long)seed);
    pat_random_seed(random, pat_random_seed_of(key, (size_t)length));
}

/* Tones that are combined but not yet applied. */
struct tones {
    bool waiting;
    double curve[PAT_CHANNELS][256];
};

static void add_tone(const pat_damage_kind *kind, const double *value, struct tones *tones)
{
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int v = 0; v < 256; v++)
            tones->curve[c][v] =
                kind->tone(value, c, tones->waiting ? tones->curve[c][v] : (double)v);
    tones->waiting = true;
}

static void apply_tones(struct tones *tones, pat_image *image)
{
    for (int c = 0; c < PAT_CHANNELS && tones->waiting; c++) {
        uint8_t table[256];
        for (int v = 0; v < 256; v++)
            table[v] = (uint8_t)lrint(fmin(fmax(tones->curve[c][v], 0), 255));
        pat_plane_map(&image->plane[c], table, &image->plane[c]);
    }
    tones->waiting = false;
}

pat_status pat_damage_apply(pat_damager *damager, const pat_damage *damage, const char *name,
                            pat_image *image, pat_error *error)
{
    pat_status status = PAT_OK;
    struct tones tones = {0};
    if (damager->random == NULL)
        status = pat_random_create(&damager->random, error);
    pat_damage_work work = {image, &damager->scratch, &damager->jpeg, damager->random, name};
    for (int k = 0; k < PAT_DAMAGE_KINDS && status == PAT_OK; k++) {
        const pat_damage_kind *kind = pat_damage_kind_of(k);
        if (!damage->applied[k])
            continue;
        if (kind->tone != NULL) {
            add_tone(kind, damage->value[k], &tones);
            continue;
        }
        apply_tones(&tones, image);
        pat_damage_seed(damager->random, damage->seed, k, "apply");
        status = kind->apply(damage->value[k], &work, error);
    }
    apply_tones(&tones, image);
    return status;
}
