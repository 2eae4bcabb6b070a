/* The reader: recursive descent, a function for each kind of value. */
#include "json.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 64 };

static const char *after_space(const char *at) { return at + strspn(at, " \t\r\n"); }

static int hex(const char *at) {
    int value = 0;
    for (int i = 0; i < 4; i++) {
        if (!isxdigit((unsigned char)at[i])) return -1;
        value = value * 16 + (isdigit((unsigned char)at[i]) ? at[i] - '0' : (at[i] | 32) - 'a' + 10);
    }
    return value;
}

/* A string behind its quote, which ends on its line; one that would not fit in UTF-8 without surrogates is refused. */
static const char *read_text(const char *at, char **text) {
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    char *to = *text = malloc(strcspn(at, "\n") + 1);
    while (to && *at != '"') {
        if ((unsigned char)*at < ' ') return NULL;
        if (*at != '\\') {
            *to++ = *at++;
            continue;
        }
        const char *name = at[1] ? strchr(names, at[1]) : NULL;
        int code = at[1] == 'u' ? hex(at + 2) : name ? values[name - names] : -1;
        if (code <= 0 || (code >= 0xD800 && code < 0xE000)) return NULL;
        at += at[1] == 'u' ? 6 : 2;
        if (code >= 0x800) *to++ = (char)(0xE0 | code >> 12);
        if (code >= 0x80) *to++ = (char)(code >= 0x800 ? 0x80 | (code >> 6 & 0x3F) : 0xC0 | code >> 6);
        *to++ = (char)(code >= 0x80 ? 0x80 | (code & 0x3F) : code);
    }
    if (!to) return NULL;
    *to = 0;
    return at + 1;
}

static const char *read_value(const char *at, struct json *value, int depth);

/* The members of a list or an object behind its bracket. */
static const char *read_members(const char *at, struct json *value, char end, int depth) {
    struct json **place = &value->first;
    at = after_space(at);
    if (*at == end) return at + 1;
    for (;;) {
        struct json *member = *place = calloc(1, sizeof *member);
        if (!member) return NULL;
        place = &member->next;
        if (value->kind == JSON_OBJECT) {
            if (*at != '"' || !(at = read_text(at + 1, &member->key))) return NULL;
            at = after_space(at);
            if (*at++ != ':') return NULL;
        }
        if (!(at = read_value(at, member, depth + 1))) return NULL;
        at = after_space(at);
        if (*at == end) return at + 1;
        if (*at++ != ',') return NULL;
        at = after_space(at);
    }
}

static const char *read_value(const char *at, struct json *value, int depth) {
    at = after_space(at);
    if (depth > DEEPEST) return NULL;
    if (*at == '{' || *at == '[') {
        value->kind = *at == '{' ? JSON_OBJECT : JSON_LIST;
        return read_members(at + 1, value, *at == '{' ? '}' : ']', depth);
    }
    if (*at == '"') {
        value->kind = JSON_TEXT;
        return read_text(at + 1, &value->text);
    }
    if (*at == '-' || isdigit((unsigned char)*at)) {
        char *end;
        value->kind = JSON_NUMBER;
        errno = 0;
        value->number = strtoll(at, &end, 10);
        return errno || end == at || strchr(".eE", *end ? *end : ' ') ? NULL : end;
    }
    if (!strncmp(at, "null", 4)) return at + 4;
    value->kind = JSON_BOOL;
    value->number = *at == 't';
    return !strncmp(at, "true", 4) ? at + 4 : !strncmp(at, "false", 5) ? at + 5 : NULL;
}

struct json *json_parse(const char *text) {
    struct json *value = calloc(1, sizeof *value);
    const char *end = value ? read_value(text, value, 0) : NULL;
    if (end && !*after_space(end)) return value;
    json_free(value);
    return NULL;
}

void json_free(struct json *value) {
    while (value) {
        struct json *next = value->next;
        json_free(value->first);
        free(value->text);
        free(value->key);
        free(value);
        value = next;
    }
}

const struct json *json_get(const struct json *object, const char *key) {
    const struct json *member = object && object->kind == JSON_OBJECT ? object->first : NULL;
    while (member && strcmp(member->key, key)) member = member->next;
    return member;
}

int64_t json_number(const struct json *object, const char *key, int64_t otherwise) {
    const struct json *member = json_get(object, key);
    return member ? member->number : otherwise;
}

const char *json_text(const struct json *object, const char *key) {
    const struct json *member = json_get(object, key);
    return member && member->kind == JSON_TEXT ? member->text : "";
}

int json_length(const struct json *list) {
    int length = 0;
    for (const struct json *member = list ? list->first : NULL; member; member = member->next) length++;
    return length;
}

void json_print(FILE *file, const struct json *value) {
    static const char *const words[] = {"false", "true"};
    bool object = value->kind == JSON_OBJECT;
    if (value->kind == JSON_NULL) fputs("null", file);
    if (value->kind == JSON_BOOL) fputs(words[value->number], file);
    if (value->kind == JSON_NUMBER) fprintf(file, "%" PRId64, value->number);
    if (value->kind == JSON_TEXT) fprintf(file, "\"%s\"", value->text);
    if (value->kind < JSON_LIST) return;
    fputc(object ? '{' : '[', file);
    for (const struct json *member = value->first; member; member = member->next) {
        if (object) fprintf(file, "\"%s\": ", member->key);
        json_print(file, member);
        if (member->next) fputs(", ", file);
    }
    fputc(object ? '}' : ']', file);
}
