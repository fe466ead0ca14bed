#include "data/listing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "image/format.h"
#include "patina/dataset.h"

size_t pat_stem_length(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *base = slash == NULL ? name : slash + 1;
    const char *dot = strrchr(base, '.');
    return dot == NULL || dot == base ? strlen(name) : (size_t)(dot - name);
}

/* A folder being listed, and where its names go. */
struct walk {
    const char *folder;
    bool recursive;
    pat_names *names;
    pat_names pending; /* subfolders still to list, relative to the folder */
    pat_skipped *skipped;
    void *context;
};

/* Names of files and folders that systems create, in any letter case: metadata of images,
 * thumbnails, trash, indexes. */
static const char *const system_names[] = {
    /* macOS: AppleDouble files (._*) hold metadata that other file systems cannot store */
    "._*", ".DS_Store", ".AppleDouble", ".AppleDB", ".AppleDesktop", "__MACOSX", ".Spotlight-V100",
    ".fseventsd", ".TemporaryItems", ".DocumentRevisions-V100", ".VolumeIcon.icns", ".apdisk",
    ".localized", "Icon\r", "Network Trash Folder", "Temporary Items",
    /* Windows */
    "Thumbs.db", "Thumbs.db:*", "ehthumbs*.db", "desktop.ini", "$RECYCLE.BIN", "RECYCLER",
    "System Volume Information",
    /* Network drives and synchronization */
    "@eaDir", "@Recycle", "@Recently-Snapshot", "@tmp", "#recycle", "#snapshot", "@SynoResource",
    "*@SynoEAStream", "*@SynoResource", ".@__thumb", ".streams", ".nfs*", ".smbdelete*",
    ".fuse_hidden*", ".dropbox", ".dropbox.*", ".stfolder", ".stversions", ".syncthing.*",
    /* Linux, Android, photo programs */
    ".Trash*", ".trashed-*", "lost+found", ".directory", ".thumbnails", ".thumbdata*", ".nomedia",
    ".picasa.ini", "Picasa.ini", ".picasaoriginals",
    /* Journals of restore, degrade and film */
    ".patina-*.journal"};

bool pat_is_system_name(const char *name)
{
    for (size_t i = 0; i < sizeof system_names / sizeof *system_names; i++)
        if (fnmatch(system_names[i], name, FNM_CASEFOLD | FNM_NOESCAPE) == 0)
            return true;
    return false;
}

const char *pat_left_out_words(pat_left_out kind)
{
    static const char *const words[PAT_LEFT_KINDS] = {
        [PAT_LEFT_NO_PARTNER] = "without a partner",
        [PAT_LEFT_OTHER_EXTENSION] = "whose partner has another extension",
        [PAT_LEFT_OTHER_CASE] = "whose partner differs in upper and lower case",
        [PAT_LEFT_AMBIGUOUS] = "with several possible partners",
        [PAT_LEFT_NO_KEY] = "that do not match the suffix or the pattern",
        [PAT_LEFT_NO_IMAGE] = "without the extension of an image",
        [PAT_LEFT_FOLDER] = "folders",
        [PAT_LEFT_LINK] = "broken links and links to folders",
        [PAT_LEFT_SPECIAL] = "that are not regular files",
        [PAT_LEFT_UNREADABLE] = "that cannot be accessed",
        [PAT_LEFT_SYSTEM] =
            "created by operating systems or network drives, such as ._* and Thumbs.db",
    };
    return words[kind];
}

/* The file type of an entry; links are followed. Most file systems report it with the entry, which
 * saves a system call per file. */
static int find_kind(int directory, const struct dirent *entry, mode_t *kind)
{
    struct stat info = {.st_mode = S_IFREG};
    int result = entry->d_type == DT_REG ? 0 : fstatat(directory, entry->d_name, &info, 0);
    *kind = info.st_mode;
    return result;
}

static bool skip(struct walk *walk, const char *name, pat_left_out kind, const char *reason)
{
    return walk->skipped(walk->context, &(pat_unpaired){walk->folder, name, reason, kind});
}

static bool skip_other(struct walk *walk, const char *name)
{
    char reason[PAT_FORMAT_WORDS_SIZE + 64], extensions[PAT_FORMAT_WORDS_SIZE];
    snprintf(reason, sizeof reason, "not the extension of an image (%s)",
             pat_format_words(PAT_LIST_EXTENSIONS, ", ", extensions));
    return skip(walk, name, PAT_LEFT_NO_IMAGE, reason);
}

static bool skip_unknown(struct walk *walk, const char *name, int cause)
{
    if (cause == ENOENT)
        return skip(walk, name, PAT_LEFT_LINK, "a broken link");
    if (cause == ELOOP)
        return skip(walk, name, PAT_LEFT_LINK, "a loop of links");
    return skip(walk, name, PAT_LEFT_UNREADABLE, strerror(cause));
}

static bool visit(struct walk *walk, int directory, const struct dirent *entry, const char *name)
{
    struct stat link;
    mode_t kind;
    if (pat_is_system_name(entry->d_name))
        return skip(walk, name, PAT_LEFT_SYSTEM, "created by an operating system or network drive");
    if (find_kind(directory, entry, &kind) != 0)
        return skip_unknown(walk, name, errno);
    if (S_ISDIR(kind)) {
        if (fstatat(directory, entry->d_name, &link, AT_SYMLINK_NOFOLLOW) != 0 ||
            S_ISLNK(link.st_mode))
            return skip(walk, name, PAT_LEFT_LINK, "a link to a folder; these are not followed");
        if (!walk->recursive)
            return skip(walk, name, PAT_LEFT_FOLDER, "a folder; use --recursive to include it");
        return pat_names_add(&walk->pending, name);
    }
    if (pat_format_of_name(name) == PAT_FORMAT_NONE)
        return skip_other(walk, name);
    if (!S_ISREG(kind))
        return skip(walk, name, PAT_LEFT_SPECIAL, "not a regular file");
    return pat_names_add(walk->names, name);
}

/* A subfolder that cannot be listed (such as lost+found) is skipped with a reason, like an
 * unreadable file; if the root folder cannot be listed, the run fails. */
static pat_status fail_to_list(struct walk *walk, const char *below, pat_error *error)
{
    int cause = errno;
    char reason[128];
    if (*below != '\0') {
        snprintf(reason, sizeof reason, "cannot list the folder (%s); check its permissions",
                 strerror(cause));
        return skip(walk, below, PAT_LEFT_UNREADABLE, reason)
                   ? PAT_OK
                   : pat_fail_memory(error, "the list of files");
    }
    if (cause == ENOTDIR)
        return pat_fail(
            error, PAT_UNREADABLE,
            "%s: is a file, not a folder; name a folder, or use --manifest to pair single files",
            walk->folder);
    return pat_fail(error, cause == ENOENT ? PAT_NOT_FOUND : PAT_UNREADABLE,
                    "%s: cannot list the folder (%s); check the path and its permissions",
                    walk->folder, strerror(cause));
}

/* List one folder. below: its path relative to the root ("" for the root itself). */
static pat_status walk_folder(struct walk *walk, const char *below, pat_error *error)
{
    char path[PAT_PATH_SIZE], name[PAT_PATH_SIZE + NAME_MAX + 2];
    const char *separator = *below == '\0' ? "" : "/";
    if (snprintf(path, sizeof path, "%s/%s", walk->folder, below) >= (int)sizeof path)
        return pat_fail(error, PAT_UNREADABLE, "%s/%s: the path is too long", walk->folder, below);
    DIR *directory = opendir(path);
    if (directory == NULL)
        return fail_to_list(walk, below, error);
    bool enough_memory = true;
    struct dirent *entry;
    while (enough_memory && (errno = 0, entry = readdir(directory)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        int length = snprintf(name, sizeof name, "%s%s%s", below, separator, entry->d_name);
        if (strlen(walk->folder) + 1 + (size_t)length >= PAT_PATH_SIZE)
            enough_memory = skip(walk, name, PAT_LEFT_UNREADABLE, "the path is too long");
        else
            enough_memory = visit(walk, dirfd(directory), entry, name);
    }
    int cause = errno;
    closedir(directory);
    if (!enough_memory)
        return pat_fail_memory(error, "the list of files");
    if (cause != 0)
        return pat_fail(error, PAT_UNREADABLE, "%s: cannot list the folder (%s)", path,
                        strerror(cause));
    return PAT_OK;
}

pat_status pat_list_images(const char *folder, bool recursive, pat_names *names,
                           pat_skipped *skipped, void *context, pat_error *error)
{
    if (*folder == '\0')
        return pat_fail(error, PAT_NOT_FOUND, "a folder name is empty; give the folder's path");
    struct walk walk = {.folder = folder,
                        .recursive = recursive,
                        .names = names,
                        .skipped = skipped,
                        .context = context};
    pat_status status = walk_folder(&walk, "", error);
    for (size_t i = 0; i < walk.pending.count && status == PAT_OK; i++) {
        char below[PAT_PATH_SIZE];
        snprintf(below, sizeof below, "%s", pat_names_get(&walk.pending, i));
        status = walk_folder(&walk, below, error);
    }
    pat_names_release(&walk.pending);
    pat_names_sort(names);
    return status;
}
