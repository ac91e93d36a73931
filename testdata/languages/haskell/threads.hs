-- Four threads compute a sum together.
module Main (main) where

import Control.Concurrent (forkIO)
import Control.Concurrent.MVar (newEmptyMVar, putMVar, takeMVar)
import Control.Monad (forM)

main :: IO ()
main = do
  results <- forM [0 .. 3] $ \k -> do
    result <- newEmptyMVar
    _ <- forkIO (putMVar result $! sum [k * 250000 + 1 .. (k + 1) * 250000])
    return result
  parts <- mapM takeMVar results
  print (sum parts :: Int)
