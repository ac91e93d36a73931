-- A program of two files: this one uses the module.
module Main (main) where

import Answer (compute)

main :: IO ()
main = print (compute 6 7)
