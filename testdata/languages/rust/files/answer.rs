// The other file of the program.
pub fn answer() -> u32 {
    6 * 7
}
