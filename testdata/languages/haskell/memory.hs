-- Keeps 1 GiB of bytes, in pieces of 4 MiB.
module Main (main) where

import Control.Exception (evaluate)
import Control.Monad (forM)
import qualified Data.ByteString as B

main :: IO ()
main = do
  pieces <- forM [1 .. 256] $ \i ->
    evaluate (B.replicate (4 * 1024 * 1024) (fromIntegral (i :: Int)))
  if sum (map (fromIntegral . B.last) pieces) >= (0 :: Int)
    then putStrLn "done"
    else putStrLn "impossible"
