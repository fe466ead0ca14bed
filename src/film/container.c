#include "film/container.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/error.h"

enum { IO_BUFFER = 1 << 16 };

static int read_file(void *context, uint8_t *buffer, int size)
{
    pat_container *container = context;
    size_t count;
    if (!pat_read_at(container->file, buffer, (size_t)size, (uint64_t)container->position, &count))
        return AVERROR(errno);
    container->position += (int64_t)count;
    return count == 0 ? AVERROR_EOF : (int)count;
}

static int64_t seek_file(void *context, int64_t offset, int from)
{
    pat_container *container = context;
    int64_t base = 0;
    switch (from & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE:
        return container->size;
    case SEEK_CUR:
        base = container->position;
        break;
    case SEEK_END:
        base = container->size;
        break;
    default:
        break;
    }
    if (offset > INT64_MAX - base || base + offset < 0)
        return AVERROR(EINVAL);
    return container->position = base + offset;
}

pat_status pat_libav_fail(const pat_libav *libav, const char *name, int code, pat_status status,
                          const char *what, pat_error *error)
{
    char cause[128] = "unknown cause";
    if (code == AVERROR(ENOMEM))
        return pat_fail_memory(error, "a film");
    libav->av_strerror(code, cause, sizeof cause);
    return pat_fail(error, status, "%s: %s (FFmpeg: %s)", name, what, cause);
}

/* Playlists name other files and addresses. A film is one file. */
static int refuse_other_files(AVFormatContext *format, AVIOContext **io, const char *url, int flags,
                              AVDictionary **options)
{
    pat_container *container = format->opaque;
    (void)io;
    (void)url;
    (void)flags;
    (void)options;
    if (container != NULL)
        container->names_others = true;
    return AVERROR(EPERM);
}

/* Whether the file begins like a playlist, which FFmpeg would refuse in unclear words. */
static bool is_playlist(const pat_container *container)
{
    static const char *const starts[] = {"#EXTM3U", "ffconcat version"};
    char start[32] = "";
    if (pread(container->file, start, sizeof start - 1, 0) <= 0)
        return false;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (strncmp(start, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

static pat_status find_streams(pat_container *container, pat_error *error)
{
    const pat_libav *libav = container->libav;
    struct stat info;
    if (fstat(container->file, &info) != 0)
        return pat_fail(error, PAT_UNREADABLE, "%s: cannot be read: %s", container->name,
                        strerror(errno));
    container->size = info.st_size;
    container->names_others = is_playlist(container);
    uint8_t *buffer = libav->av_malloc(IO_BUFFER);
    if (buffer != NULL)
        container->io =
            libav->avio_alloc_context(buffer, IO_BUFFER, 0, container, read_file, NULL, seek_file);
    if (container->io == NULL) {
        libav->av_freep(&buffer);
        return pat_fail_memory(error, "a film");
    }
    container->format = libav->avformat_alloc_context();
    if (container->format == NULL)
        return pat_fail_memory(error, "a film");
    container->format->pb = container->io;
    container->format->opaque = container;
    container->format->io_open = refuse_other_files;
    /* A failure frees and clears the context. */
    int code = libav->avformat_open_input(&container->format, NULL, NULL, NULL);
    if (container->names_others)
        return pat_fail(error, PAT_UNSUPPORTED_FORMAT,
                        "%s: names other files, as a playlist does; name the film itself",
                        container->name);
    if (code < 0 && pat_libav_refused_streams())
        return pat_fail(error, PAT_UNSUPPORTED_FORMAT,
                        "%s: has more streams than FFmpeg takes (1000); copy those that you need "
                        "to another file",
                        container->name);
    if (code < 0)
        return pat_libav_fail(libav, container->name, code, PAT_UNSUPPORTED_FORMAT,
                              "is not a film, or is damaged at its start or end; see whether it "
                              "plays, or copy it again",
                              error);
    code = libav->avformat_find_stream_info(container->format, NULL);
    if (code < 0)
        return pat_libav_fail(libav, container->name, code, PAT_CORRUPT,
                              "its streams cannot be read; see whether it plays", error);
    return PAT_OK;
}

pat_status pat_container_open(pat_container *container, int file, const char *name,
                              pat_error *error)
{
    *container = (pat_container){.name = name, .file = file};
    pat_status status = pat_libav_load(error);
    if (status != PAT_OK)
        return status;
    container->libav = pat_libav_get();
    return find_streams(container, error);
}

void pat_container_close(pat_container *container)
{
    const pat_libav *libav = container->libav;
    if (container->format != NULL)
        libav->avformat_close_input(&container->format);
    if (container->io != NULL) {
        libav->av_freep(&container->io->buffer); /* it may have been replaced */
        libav->avio_context_free(&container->io);
    }
}

pat_status pat_container_video(const pat_container *container, int *stream, const AVCodec **codec,
                               pat_error *error)
{
    AVFormatContext *format = container->format;
    *stream = container->libav->av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, codec, 0);
    if (*stream == AVERROR_DECODER_NOT_FOUND)
        return pat_fail(error, PAT_UNSUPPORTED_FORMAT,
                        "%s: FFmpeg has no decoder for its frames; convert the film with the "
                        "program that made it",
                        container->name);
    if (*stream < 0 || (format->streams[*stream]->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0)
        return pat_fail(error, PAT_UNSUPPORTED_FORMAT,
                        "%s: has no moving images, only other streams (%u); choose another file",
                        container->name, format->nb_streams);
    return PAT_OK;
}
