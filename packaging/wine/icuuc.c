/* Under Wine only: the few functions of Windows' icuuc.dll that Qt6Core is linked to, all
   answering "no such converter". Qt has its own converters for UTF-8, UTF-16 and Latin-1. */
#define EXPORT __declspec(dllexport)

enum { UNSUPPORTED = 16 };

static void refuse(int *error)
{
    if (error)
        *error = UNSUPPORTED;
}

EXPORT void *ucnv_open(const char *name, int *error)
{
    refuse(error);
    return 0;
}

EXPORT void ucnv_close(void *converter) {}
EXPORT void ucnv_reset(void *converter) {}
EXPORT signed char ucnv_getMaxCharSize(const void *converter) { return 1; }

EXPORT const char *ucnv_getName(const void *converter, int *error)
{
    refuse(error);
    return 0;
}

EXPORT void ucnv_getToUCallBack(const void *converter, void **action, const void **context)
{
    *action = 0;
    *context = 0;
}

EXPORT void ucnv_getFromUCallBack(const void *converter, void **action, const void **context)
{
    *action = 0;
    *context = 0;
}

EXPORT void ucnv_setToUCallBack(void *converter, void *action, const void *context, void **old,
                                const void **old_context, int *error)
{
    refuse(error);
}

EXPORT void ucnv_setFromUCallBack(void *converter, void *action, const void *context,
                                  void **old, const void **old_context, int *error)
{
    refuse(error);
}

EXPORT void UCNV_FROM_U_CALLBACK_SUBSTITUTE(void) {}
EXPORT void UCNV_TO_U_CALLBACK_SUBSTITUTE(void) {}
EXPORT void ucnv_cbToUWriteUChars(void *to, const void *text, int length, int offset, int *error)
{
    refuse(error);
}

EXPORT void ucnv_toUnicode(void *converter, void *target, const void *limit, void *source,
                           const void *source_limit, int *offsets, signed char flush, int *error)
{
    refuse(error);
}

EXPORT void ucnv_fromUnicode(void *converter, void *target, const void *limit, void *source,
                             const void *source_limit, int *offsets, signed char flush,
                             int *error)
{
    refuse(error);
}

EXPORT int ucnv_toUCountPending(const void *converter, int *error) { return 0; }
EXPORT int ucnv_fromUCountPending(const void *converter, int *error) { return 0; }
EXPORT const char *ucnv_getStandardName(const char *name, const char *standard, int *error)
{
    refuse(error);
    return 0;
}
EXPORT const char *ucnv_getAvailableName(int index) { return 0; }
EXPORT int ucnv_countAvailable(void) { return 0; }
