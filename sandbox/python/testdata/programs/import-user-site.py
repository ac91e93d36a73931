# A user site directory and usercustomize made under HOME are seen by a child.
import os
import site
import subprocess
import sys
print(os.path.isdir(site.USER_SITE), site.USER_SITE in sys.path)
print([m for m in sys.modules if m in ("ustest", "usercustomize")])
