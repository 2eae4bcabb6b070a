/* JSON, read into a tree: whole numbers only, which is all that vectors have. */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_TEXT, JSON_LIST, JSON_OBJECT };

/* A value; in a list or an object `first` is its first and `next` leads to the next, and in an object each has a `key`. */
struct json {
    enum json_kind kind;
    int64_t number; /* of a bool, 0 or 1 */
    char *text, *key;
    struct json *first, *next;
};

/* NULL if the text is not such JSON, or there is no memory for it. */
struct json *json_parse(const char *text);
void json_free(struct json *value);

/* A member of an object, or NULL. */
const struct json *json_get(const struct json *object, const char *key);
int64_t json_number(const struct json *object, const char *key, int64_t otherwise);
const char *json_text(const struct json *object, const char *key);
int json_length(const struct json *list);
void json_print(FILE *file, const struct json *value);

#endif
