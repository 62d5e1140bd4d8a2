/* Under Wine only: the functions of mscms.dll that Qt6Gui is linked to; Wine lacks
   WcsCreateIccProfile. "There is no colour profile" is the answer to everything. */
#define EXPORT __declspec(dllexport)

EXPORT void *__stdcall OpenColorProfileW(void *profile, unsigned access, unsigned share,
                                         unsigned mode)
{
    return 0;
}

EXPORT int __stdcall CloseColorProfile(void *profile) { return 1; }

EXPORT int __stdcall GetColorProfileFromHandle(void *profile, void *data, unsigned *size)
{
    if (size)
        *size = 0;
    return 0;
}

EXPORT void *__stdcall WcsCreateIccProfile(void *profile, unsigned options) { return 0; }
