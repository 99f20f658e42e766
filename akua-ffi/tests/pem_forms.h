/* The texts of conformance/data/pem_forms.json, and whether eight bytes of their key are in what a program is shown. For C
 * and C++. */
#ifndef PEM_FORMS_H
#define PEM_FORMS_H

#include <cjson/cJSON.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  unsigned char* data;
  size_t len;
} pem_bytes;

typedef struct {
  cJSON* all;
  const char *certificate, *private_key;
} pem_forms;

static void* pem_room(size_t bytes) {
  void* room = calloc(1, bytes + 1);
  if (room == NULL) exit(2);
  return room;
}

static const char* pem_text(const cJSON* object, const char* name) {
  const char* text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
  if (text == NULL) {
    fprintf(stderr, "the forms lack %s\n", name);
    exit(2);
  }
  return text;
}

static pem_bytes pem_from_hex(const char* hex) {
  pem_bytes bytes;
  size_t at;
  bytes.len = strlen(hex) / 2;
  bytes.data = (unsigned char*)pem_room(bytes.len);
  for (at = 0; at < bytes.len; ++at) {
    char pair[3] = {hex[2 * at], hex[2 * at + 1], 0};
    bytes.data[at] = (unsigned char)strtoul(pair, NULL, 16);
  }
  return bytes;
}

static pem_forms pem_read(const char* path) {
  pem_forms forms;
  long size;
  char* text;
  FILE* file = fopen(path, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) exit(2);
  rewind(file);
  text = (char*)pem_room((size_t)size);
  if (fread(text, 1, (size_t)size, file) != (size_t)size) exit(2);
  fclose(file);
  forms.all = cJSON_Parse(text);
  free(text);
  if (forms.all == NULL) exit(2);
  forms.certificate = pem_text(forms.all, "certificate");
  forms.private_key = pem_text(forms.all, "private_key");
  return forms;
}

/* The bytes of one form; to be freed. */
static pem_bytes pem_form(const cJSON* form) {
  const cJSON* hex = cJSON_GetObjectItemCaseSensitive(form, "hex");
  const cJSON* times = cJSON_GetObjectItemCaseSensitive(form, "times");
  size_t count = times == NULL ? 1 : (size_t)cJSON_GetNumberValue(times), at;
  pem_bytes once, whole;
  if (hex != NULL) {
    once = pem_from_hex(cJSON_GetStringValue(hex));
  } else {
    const char* text = pem_text(form, "text");
    once.len = strlen(text);
    once.data = (unsigned char*)pem_room(once.len);
    memcpy(once.data, text, once.len);
  }
  whole.len = once.len * count;
  whole.data = (unsigned char*)pem_room(whole.len);
  for (at = 0; at < count; ++at) memcpy(whole.data + at * once.len, once.data, once.len);
  free(once.data);
  return whole;
}

static int pem_has(const void* text, size_t len, const void* part, size_t part_len) {
  size_t at;
  for (at = 0; at + part_len <= len; ++at) {
    if (memcmp((const char*)text + at, part, part_len) == 0) return 1;
  }
  return 0;
}

static void pem_base64_of_six(const unsigned char* six, char* eight) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  unsigned long long bits = 0;
  int at;
  for (at = 0; at < 6; ++at) bits = bits << 8 | six[at];
  for (at = 0; at < 8; ++at) eight[at] = digits[bits >> (42 - 6 * at) & 63];
}

/* Whether eight bytes in a row of a secret are in `shown`: as they are, as decimal numbers, in hexadecimal, in base64. */
static int pem_seen(const pem_forms* forms, const char* shown, size_t len) {
  unsigned char* numbers = (unsigned char*)pem_room(len);
  char* digits = (char*)pem_room(len);
  size_t count = 0, used = 0, at, offset;
  const cJSON* secret;
  int seen = 0;
  for (at = 0; at < len; ++at) {
    if (isdigit((unsigned char)shown[at])) {
      numbers[count++] = (unsigned char)strtoul(shown + at, NULL, 10);
      while (at + 1 < len && isdigit((unsigned char)shown[at + 1])) ++at;
    }
  }
  for (at = 0; at < len; ++at) {
    if (at + 1 < len && shown[at + 1] == 'x' && (shown[at] == '0' || shown[at] == '\\')) {
      ++at;
    } else if (isxdigit((unsigned char)shown[at])) {
      digits[used++] = (char)tolower((unsigned char)shown[at]);
    }
  }
  cJSON_ArrayForEach(secret, cJSON_GetObjectItemCaseSensitive(forms->all, "secret")) {
    const char* hex = cJSON_GetStringValue(secret);
    pem_bytes bytes = pem_from_hex(hex);
    for (offset = 0; offset + 8 <= bytes.len; ++offset) {
      char base64[8];
      pem_base64_of_six(bytes.data + offset, base64);
      seen |= pem_has(shown, len, bytes.data + offset, 8) || pem_has(numbers, count, bytes.data + offset, 8) ||
              pem_has(digits, used, hex + 2 * offset, 16) || pem_has(shown, len, base64, 8);
    }
    free(bytes.data);
  }
  free(numbers);
  free(digits);
  return seen;
}

/* What is looked for is found where it is. */
static int pem_finds(const pem_forms* forms) {
  const cJSON* secret = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(forms->all, "secret"), 0);
  const char* hex = cJSON_GetStringValue(secret);
  pem_bytes bytes = pem_from_hex(hex);
  char decimal[200] = "", colons[200] = "";
  size_t at;
  for (at = 0; at < 9; ++at) {
    snprintf(decimal + strlen(decimal), sizeof decimal - strlen(decimal), "%d, ", bytes.data[at]);
    snprintf(colons + strlen(colons), sizeof colons - strlen(colons), "%02X:", bytes.data[at]);
  }
  free(bytes.data);
  return pem_seen(forms, decimal, strlen(decimal)) && pem_seen(forms, colons, strlen(colons)) &&
         pem_seen(forms, forms->private_key, strlen(forms->private_key)) && !pem_seen(forms, "1, 2, 3", 7);
}

#endif
