# Every target does the set-up it needs by itself (packaging/setup_dev.py); a second run does not repeat it.
# `make PYTHON=/path/to/python3 run` names the interpreter; it must be 3.11 or newer.
.DEFAULT_GOAL := help
PY := .venv/bin/python
export PYTHON
export LLAMA_CPP_WHEEL

help:
	@echo "make run           start Lumbre (without a display: a conversation in the terminal)"
	@echo "make smoke         start the real window out of sight, ask the practice model one question"
	@echo "make lint          ruff, formatting, mypy --strict, import contracts"
	@echo "make test          make lint, then all tests; PYTEST='-k words' chooses"
	@echo "make package       what is shipped, for this system, into dist/"
	@echo "make package-test  install that into bare Debian and Ubuntu systems and use it there (root)"
	@echo "make package-windows       Windows' bundle, installer and zip, made under Wine, into dist/windows/"
	@echo "make package-test-windows  install and use them under Wine"
	@echo "make kit           installers and a verified model on a stick: OUT=/media/stick MODEL=... INSTALLERS='...'"
	@echo "make lock          write constraints.txt anew; LOCK_PYTHONS='python3.11 python3.12 python3.13'"
	@echo "make clean         remove .venv and what the tools left (llama.cpp's build stays in the cache)"

setup-%:
	@sh packaging/setup.sh $*

run: setup-run
	@if [ "$$(uname -s)" = Linux ] && [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
	    echo "This machine has no display, so no window can open. The same conversation in the terminal:"; \
	    exec $(PY) main.py --demo; \
	else \
	    exec $(PY) main.py; \
	fi

smoke: setup-run
	@if [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ]; then export QT_QPA_PLATFORM=offscreen; fi; \
	exec $(PY) main.py --smoke-test

lint: setup-test
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports

test: lint
	$(PY) -m pytest $(PYTEST)

package: setup-package
	$(PY) packaging/bundle.py
	$(PY) packaging/linux_packages.py

package-test: setup-package
	$(PY) packaging/package_test.py

# Needs: apt-get install wine64 g++-mingw-w64-x86-64-posix nsis xdotool
package-windows: setup-package
	$(PY) packaging/wine_package.py

package-test-windows: setup-package
	$(PY) packaging/wine_test.py

kit: setup-run
	$(PY) packaging/air_gapped_kit.py "$(OUT)" --model "$(MODEL)" $(if $(SHA256),--sha256 $(SHA256)) $(INSTALLERS)

lock: setup-test
	$(PY) packaging/lock.py $(or $(LOCK_PYTHONS),$(PY))

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help run smoke lint test package package-test package-windows package-test-windows lock clean
