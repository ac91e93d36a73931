-- Ends with an exit code of its own.
module Main (main) where

import System.Exit (ExitCode (ExitFailure), exitWith)

main :: IO ()
main = exitWith (ExitFailure 3)
