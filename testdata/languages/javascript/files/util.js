// The module that main.js requires.
function answer() {
  return 6 * 7;
}

module.exports = { answer };
