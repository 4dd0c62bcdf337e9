/* NFO files: reading anything is safe, and what was read can be written and read again. */
#include <stdlib.h>

#include "base/buf.h"
#include "media/nfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH(a);
    struct nfo_document document, again;
    if (failed(nfo_read(&a, data, size, &document)))
        return 0;
    for (size_t i = 0; i < document.count; i++) {
        BUF(text);
        nfo_write(&text, &document.items[i]);
        if (text.len > NFO_BYTES_MAX)
            continue;
        if (failed(nfo_read(&a, text.data, text.len, &again)) || again.count != 1 ||
            again.items[0].kind != document.items[i].kind)
            abort();
    }
    return 0;
}
