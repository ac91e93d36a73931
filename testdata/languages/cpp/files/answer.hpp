// The other file of the program.
#pragma once

inline int answer()
{
    return 6 * 7;
}
