// Package executor decides whether there is room for a request, which commands
// answer it, and what their outcomes mean.
//
// [Executor.Execute] is a line of pure decisions around one call: check the
// request against the operator's policy, enter the [Gate], plan a sandbox job,
// run it, judge the results. What a language is stands in one table, [Runtimes];
// there is no code for any of them.
//
// The package knows neither HTTP nor Linux.
package executor
