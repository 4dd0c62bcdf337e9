/*
 * Runs a fuzz target over a folder of seeds: each as it is, cut short, and with bytes changed. The
 * changes depend on nothing but the seed, so a failure repeats. Prints which input it was.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SEED_BYTES_MAX (1 << 20)
#define VARIANTS       60

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* An exact copy on the heap, so that a read past the end is seen. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void run_variants(const uint8_t *seed, size_t size)
{
    static const char marks[] = "<>&\"'[](){}-_. %\\/:;,=\0\xff\xc3\x80"
                                "09AZaz";
    uint8_t *data = malloc(size + 1);
    uint32_t random = 2463534242u;
    for (int i = 0; i < VARIANTS && size; i++) {
        memcpy(data, seed, size);
        for (uint32_t changes = next_random(&random) % 6; changes; changes--)
            data[next_random(&random) % size] =
                next_random(&random) % 2
                    ? (uint8_t)marks[next_random(&random) % (sizeof(marks) - 1)]
                    : (uint8_t)next_random(&random);
        run(data, i % 2 ? size : next_random(&random) % size);
    }
    free(data);
}

static int run_file(const char *folder, const char *name, uint8_t *buffer)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return 0;
    size_t size = fread(buffer, 1, SEED_BYTES_MAX, file);
    fclose(file);
    printf("%s\n", path);
    fflush(stdout);
    run(buffer, size);
    run_variants(buffer, size);
    return 1;
}

int main(int count, char **arguments)
{
    int files = 0;
    uint8_t *buffer = malloc(SEED_BYTES_MAX);
    for (int i = 1; i < count; i++) {
        DIR *folder = opendir(arguments[i]);
        for (struct dirent *entry; folder && (entry = readdir(folder));)
            if (entry->d_name[0] != '.')
                files += run_file(arguments[i], entry->d_name, buffer);
        if (folder)
            closedir(folder);
    }
    free(buffer);
    printf("%d seeds\n", files);
    return files == 0; /* a corpus that is not there proves nothing */
}
