-- Writes a file to the current directory.
module Main (main) where

main :: IO ()
main = writeFile "out.txt" "written\n"
