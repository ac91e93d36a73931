// Counts the characters of a line, by the locale of the environment.
#include <locale.h>
#include <stdio.h>
#include <wchar.h>

int main(void)
{
    wchar_t line[100];

    setlocale(LC_ALL, "");
    if (fgetws(line, 100, stdin) == NULL)
        return 1;
    line[wcscspn(line, L"\n")] = L'\0';
    printf("%zu\n%ls\n", wcslen(line), line);
    return 0;
}
