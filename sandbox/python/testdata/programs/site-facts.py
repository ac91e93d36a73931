# site and sysconfig.
import site
import sys
import sysconfig
print(site.ENABLE_USER_SITE, site.USER_BASE, site.USER_SITE, site.PREFIXES, site.getsitepackages(), site.getusersitepackages(), site.getuserbase())
print(sysconfig.get_paths(), sysconfig.get_default_scheme(), sysconfig.get_platform(), sysconfig.get_python_version(), sysconfig.is_python_build())
print(list(vars(site))[-6:], sorted(sys.modules)[-5:])
print(sysconfig.get_path("purelib", "posix_user"), sysconfig.get_config_var("EXT_SUFFIX"), sysconfig.get_config_var("userbase"))
import os
os.environ["HOME"] = "/elsewhere"
print(os.path.expanduser("~"), site._getuserbase(), site.getuserbase())
