-- Runs a command and prints its output.
module Main (main) where

import System.Process (readProcess)

main :: IO ()
main = readProcess "echo" ["child"] "" >>= putStr
