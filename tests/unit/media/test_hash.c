/* File identity and checksum. */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "media/hash.h"
#include "unit/unit.h"

static int memory_file(size_t size, unsigned seed)
{
    int fd = memfd_create("hash", MFD_CLOEXEC);
    char *data = malloc(size + 1);
    for (size_t i = 0; i < size; i++)
        data[i] = (char)((i + seed) * 2654435761u >> 11);
    assert_int_equal(write(fd, data, size), size);
    free(data);
    return fd;
}

static void identity_sees_head_middle_tail_and_size(void **state)
{
    (void)state;
    SCRATCH(a);
    enum { SIZE = 1000000 };
    static const int64_t seen[] = {0, 65535, SIZE / 2, SIZE - 1, SIZE - 65536};
    int fd = memory_file(SIZE, 0);
    struct file_identity first, other;
    assert_ok(file_identify(&a, fd, &first));
    assert_int_equal(first.size_bytes, SIZE);
    assert_true(first.mtime_us > 0);
    assert_int_equal(strlen(first.hash), 32);
    for (size_t i = 0; i < sizeof(seen) / sizeof(*seen); i++) {
        char byte, changed;
        assert_int_equal(pread(fd, &byte, 1, seen[i]), 1);
        changed = (char)(byte ^ 1);
        assert_int_equal(pwrite(fd, &changed, 1, seen[i]), 1);
        assert_ok(file_identify(&a, fd, &other));
        assert_string_not_equal(first.hash, other.hash);
        assert_int_equal(pwrite(fd, &byte, 1, seen[i]), 1);
    }
    assert_ok(file_identify(&a, fd, &other));
    assert_string_equal(first.hash, other.hash);
    assert_int_equal(lseek(fd, 0, SEEK_CUR), SIZE); /* where writing left it */
    close(fd);
}

static void identity_of_every_small_size_differs(void **state)
{
    (void)state;
    SCRATCH(a);
    static const size_t sizes[] = {0, 1, 65536, 65537, 196607, 196608, 196609};
    enum { COUNT = sizeof(sizes) / sizeof(*sizes) };
    struct file_identity identities[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        int fd = memory_file(sizes[i], 7);
        assert_ok(file_identify(&a, fd, &identities[i]));
        close(fd);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(identities[k].hash, identities[i].hash);
    }
}

static void sha256_is_the_well_known_one(void **state)
{
    (void)state;
    SCRATCH(a);
    char hex[FILE_SHA256_TEXT];
    int fd = memfd_create("hash", MFD_CLOEXEC);
    assert_ok(file_sha256(&a, fd, NULL, NULL, hex));
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_int_equal(write(fd, "abc", 3), 3);
    assert_ok(file_sha256(&a, fd, NULL, NULL, hex));
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    close(fd);
}

static bool stop_after_two_megabytes(void *data, int64_t done_bytes, int64_t size_bytes)
{
    assert_int_equal(size_bytes, 5 << 20);
    *(int64_t *)data = done_bytes;
    return done_bytes < 2 << 20;
}

static void sha256_can_be_cancelled(void **state)
{
    (void)state;
    SCRATCH(a);
    char hex[FILE_SHA256_TEXT] = "untouched";
    int64_t reached = 0;
    int fd = memory_file(5 << 20, 1);
    assert_fails(file_sha256(&a, fd, stop_after_two_megabytes, &reached, hex), ERR_CANCELLED);
    assert_int_equal(reached, 2 << 20);
    assert_string_equal(hex, "untouched");
    close(fd);
}

static void folders_and_bad_descriptors_are_refused(void **state)
{
    (void)state;
    SCRATCH(a);
    struct file_identity identity;
    int fd = open("/", O_RDONLY | O_CLOEXEC);
    assert_fails(file_identify(&a, fd, &identity), ERR_UNPROCESSABLE);
    close(fd);
    assert_fails(file_identify(&a, -1, &identity), ERR_STORAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity_sees_head_middle_tail_and_size),
        cmocka_unit_test(identity_of_every_small_size_differs),
        cmocka_unit_test(sha256_is_the_well_known_one),
        cmocka_unit_test(sha256_can_be_cancelled),
        cmocka_unit_test(folders_and_bad_descriptors_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
