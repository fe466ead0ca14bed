#include "image/xmp.h"

#include <stdio.h>
#include <string.h>

#include <nettle/md5.h>

/* ---- Text ------------------------------------------------------------------------------------ */

/* Find the first occurrence of `word` in a text. NULL if there is none. */
static const uint8_t *find(pat_file_bytes text, const char *word)
{
    return memmem(text.bytes, text.size, word, strlen(word));
}

/* The part of the text from `start`, which points into it, to its end. */
static pat_file_bytes from(pat_file_bytes text, const uint8_t *start)
{
    return (pat_file_bytes){start, text.size - (size_t)(start - text.bytes)};
}

static pat_file_bytes up_to(pat_file_bytes text, const uint8_t *end)
{
    return (pat_file_bytes){text.bytes, (size_t)(end - text.bytes)};
}

static void append(pat_file_bytes text, pat_buffer *out)
{
    pat_buffer_append(out, text.bytes, text.size);
}

/* ---- Splitting ------------------------------------------------------------------------------- */

enum {
    SEGMENT_MAX = 65533,                                  /* after the marker and the size */
    STANDARD_MAX = SEGMENT_MAX - sizeof PAT_XMP_STANDARD, /* a whole packet */
    PART_MAX = 65400 /* of an extended packet; Adobe uses this size */
};

static void append_head(const char *name, size_t name_size, size_t size, pat_buffer *out)
{
    uint8_t head[4] = {0xff, 0xe1};
    pat_put_big(head + 2, 2, (uint32_t)(2 + name_size + size));
    pat_buffer_append(out, head, sizeof head);
    pat_buffer_append(out, name, name_size);
}

static void append_standard(pat_file_bytes packet, pat_buffer *out)
{
    append_head(PAT_XMP_STANDARD, sizeof PAT_XMP_STANDARD, packet.size, out);
    append(packet, out);
}

static void append_part(const char *guid, pat_file_bytes packet, size_t offset, pat_buffer *out)
{
    size_t left = packet.size - offset, size = left < PART_MAX ? left : PART_MAX;
    uint8_t place[8];
    pat_put_big(place, 4, (uint32_t)packet.size);
    pat_put_big(place + 4, 4, (uint32_t)offset);
    append_head(PAT_XMP_EXTENDED, sizeof PAT_XMP_EXTENDED, PAT_XMP_GUID_SIZE + sizeof place + size,
                out);
    pat_buffer_append(out, guid, PAT_XMP_GUID_SIZE);
    pat_buffer_append(out, place, sizeof place);
    pat_buffer_append(out, packet.bytes + offset, size);
}

static void make_guid(pat_file_bytes packet, char guid[PAT_XMP_GUID_SIZE + 1])
{
    struct md5_ctx hash;
    uint8_t digest[MD5_DIGEST_SIZE];
    md5_init(&hash);
    md5_update(&hash, packet.size, packet.bytes);
    md5_digest(&hash, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(guid + 2 * i, 3, "%02X", digest[i]);
}

/* Strip a packet of the processing instructions around it, and of its padding, neither of which an
 * extended packet may have. */
static pat_file_bytes unwrap(pat_file_bytes packet)
{
    const uint8_t *begin = find(packet, "<?xpacket begin"), *end = NULL;
    if (begin != NULL)
        end = find(from(packet, begin), "?>");
    if (end != NULL)
        packet = from(packet, end + 2);
    const uint8_t *last = find(packet, "<?xpacket end");
    if (last != NULL)
        packet = up_to(packet, last);
    while (packet.size > 0 && strchr(" \n\r\t", packet.bytes[packet.size - 1]) != NULL)
        packet.size--;
    return packet;
}

void pat_xmp_append_segments(pat_file_bytes packet, pat_buffer *out)
{
    if (packet.size <= STANDARD_MAX) {
        append_standard(packet, out);
        return;
    }
    char guid[PAT_XMP_GUID_SIZE + 1], standard[512];
    pat_file_bytes extended = unwrap(packet);
    if (extended.size <= STANDARD_MAX) {
        append_standard(extended, out);
        return;
    }
    make_guid(extended, guid);
    int size = snprintf(standard, sizeof standard,
                        "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>"
                        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">"
                        "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
                        "<rdf:Description rdf:about=\"\""
                        " xmlns:xmpNote=\"http://ns.adobe.com/xmp/note/\""
                        " xmpNote:HasExtendedXMP=\"%s\"/>"
                        "</rdf:RDF></x:xmpmeta><?xpacket end=\"w\"?>",
                        guid);
    append_standard((pat_file_bytes){(const uint8_t *)standard, (size_t)size}, out);
    for (size_t offset = 0; offset < extended.size; offset += PART_MAX)
        append_part(guid, extended, offset, out);
}

/* ---- Joining --------------------------------------------------------------------------------- */

static const char guid_property[] = "HasExtendedXMP";

const uint8_t *pat_xmp_find_guid(pat_file_bytes standard)
{
    const uint8_t *name = find(standard, guid_property);
    if (name == NULL)
        return NULL;
    pat_file_bytes rest = from(standard, name + strlen(guid_property));
    while (rest.size > 0 && strchr("= \n\r\t\"'>", rest.bytes[0]) != NULL)
        rest = from(rest, rest.bytes + 1);
    return rest.size >= PAT_XMP_GUID_SIZE ? rest.bytes : NULL;
}

/* Overwrite the property that names an extended packet: xmpNote:HasExtendedXMP="..." or
 * <xmpNote:HasExtendedXMP>...</xmpNote:HasExtendedXMP>. */
static void blank_guid(uint8_t *bytes, size_t size)
{
    const pat_file_bytes text = {bytes, size};
    const uint8_t *guid = pat_xmp_find_guid(text), *end;
    if (guid == NULL)
        return;
    uint8_t *start = bytes + (find(text, guid_property) - bytes);
    while (start > bytes && strchr("< \n\r\t", start[-1]) == NULL)
        start--;
    bool element = start > bytes && start[-1] == '<';
    end = element ? find(from(text, guid), "HasExtendedXMP>") : guid + PAT_XMP_GUID_SIZE;
    start -= element;
    end = end == NULL ? NULL : end + (element ? strlen("HasExtendedXMP>") : 1);
    if (end != NULL && end <= bytes + size)
        memset(start, ' ', (size_t)(end - start));
}

/* A packet, split at its RDF element: up to the start tag without its '>', the content, and the
 * rest from the end tag on. */
struct rdf {
    pat_file_bytes head, content, rest;
};

static bool find_rdf(pat_file_bytes packet, struct rdf *rdf)
{
    const uint8_t *start = find(packet, "<rdf:RDF"), *tag_end = NULL, *end = NULL;
    if (start != NULL)
        tag_end = find(from(packet, start), ">");
    if (tag_end != NULL)
        end = find(from(packet, tag_end + 1), "</rdf:RDF");
    if (end == NULL)
        return false;
    rdf->head = up_to(packet, tag_end);
    rdf->content = up_to(from(packet, tag_end + 1), end);
    rdf->rest = from(packet, end);
    return true;
}

/* Append the namespaces that are declared in `head` but not in `known`. */
static void append_namespaces(pat_file_bytes head, pat_file_bytes known, pat_buffer *out)
{
    static const char word[] = "xmlns:";
    for (const uint8_t *at = find(head, word); at != NULL; at = find(head, word)) {
        pat_file_bytes rest = from(head, at);
        const uint8_t *quote = memchr(rest.bytes, '=', rest.size), *end = NULL;
        if (quote != NULL && ++quote < rest.bytes + rest.size && (*quote == '"' || *quote == '\''))
            end = memchr(quote + 1, *quote, rest.size - (size_t)(quote + 1 - rest.bytes));
        if (end == NULL)
            return;
        pat_file_bytes name = up_to(rest, quote);
        if (memmem(known.bytes, known.size, name.bytes, name.size) == NULL) {
            pat_buffer_append_char(out, ' ');
            append(up_to(rest, end + 1), out);
        }
        head = from(head, end);
    }
}

bool pat_xmp_join(pat_file_bytes standard, pat_file_bytes extended, pat_buffer *out)
{
    struct rdf first, second;
    if (!find_rdf(standard, &first) || !find_rdf(extended, &second))
        return false;
    append(first.head, out);
    append_namespaces(second.head, first.head, out);
    pat_buffer_append_char(out, '>');
    append(first.content, out);
    append(second.content, out);
    append(first.rest, out);
    if (out->failed)
        return false;
    blank_guid((uint8_t *)out->data, out->size);
    return true;
}
