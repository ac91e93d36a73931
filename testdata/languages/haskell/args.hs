-- Prints each command line argument on a line of its own.
module Main (main) where

import System.Environment (getArgs)

main :: IO ()
main = getArgs >>= mapM_ putStrLn
