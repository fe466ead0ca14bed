/*
 * A film, restored: flicker of exposure is removed, and each scene gets the setting that a model
 * predicts for it.
 *
 *     film OLD.mkv RESTORED.mkv [MODEL]
 *
 * Without a model, only flicker is removed. Everything runs in this process; give
 * options.run.worker_command to use several processes, each in a sandbox.
 */
#include <patina/patina.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    static pat_film_summary summary;
    pat_error error = {0};
    if (argc < 3 || argc > 4) {
        fprintf(stderr, "usage: film OLD.mkv RESTORED.mkv [MODEL]\n");
        return 2;
    }
    const pat_film_options options = {
        .input = argv[1],
        .output = argv[2],
        .how.model = argc == 4 ? argv[3] : NULL,
    };
    if (pat_film_run(&options, &summary, &error) != PAT_OK) {
        fprintf(stderr, "film: %s\n", error.message);
        return 2;
    }
    printf("%zu frames, %zu scenes, %zu frames restored; flicker was %.2f levels and is %.2f\n",
           summary.frames, summary.scenes, summary.changed, summary.flicker_before,
           summary.flicker_after);
    return 0;
}
