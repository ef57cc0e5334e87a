# Everything a newcomer, a developer and CI call. A target sets up by itself what it needs.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run demo test check lint fast deep browser-tests format lock docs bench screenshots clean run-setup dev-setup browser

PORT ?= 8501
export IPDASH_STORE ?= $(CURDIR)/data
BIN := .venv/bin

help: ## 列出各目标 | list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | while IFS=$$'\t' read -r name text; do printf '  make %-13s %s\n' "$$name" "$$text"; done

run: demo ## 安装、载入示例数据并打开看板 http://localhost:8501 | set up, load sample data, serve the dashboard
	@echo "看板 / dashboard: http://localhost:$(PORT)   （Ctrl+C 停止 / stops it）"
	@exec $(BIN)/streamlit run dashboard/server.py --server.address 127.0.0.1 --server.port $(PORT) --server.headless true

demo: run-setup ## 数据目录为空时载入示例数据 | load sample data where the store is empty
	@$(BIN)/ipdash demo

test: lint ## 全部检查与测试，含浏览器 | every check and test, in the browser too
	@$(MAKE) --no-print-directory browser
	$(BIN)/pytest -q -n 2 -m "not browser"
	$(BIN)/pytest -q -m browser

check: lint fast ## 代码检查与快速测试 | lint and the quick tests

lint: dev-setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fast: dev-setup
	$(BIN)/pytest -q -n 2 -m "not browser and not slow"

deep: dev-setup ## 更深入的随机测试，需数小时 | tests that draw at random, for hours
	IPDASH_TESTS=deep $(BIN)/pytest -q -n 2 -m "not browser" --timeout 7200

browser-tests: dev-setup browser ## 只跑浏览器测试 | the browser tests alone
	$(BIN)/pytest -q -m browser

format: dev-setup ## 整理代码格式 | tidy the code's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: dev-setup ## 更新依赖锁定文件（UPGRADE=1 升级版本）| renew the lock files (UPGRADE=1 for new versions)
	scripts/lock.sh $(if $(UPGRADE),--upgrade)

bench: dev-setup ## 性能测试，超限则失败（BENCH=选项）| measure the budgets, fail where one is missed (BENCH=options)
	$(BIN)/python tests/benchmarks/run_all.py $(BENCH)

docs: dev-setup ## 由代码生成文档 | write the documents that are made from declarations
	$(BIN)/ipdash rules --markdown > docs/rules.md
	$(BIN)/ipdash clauses --markdown > docs/standard.md

screenshots: dev-setup browser ## 重拍 README 的截图 | take the README's screenshots anew
	IPDASH_STORE=$(CURDIR)/.cache/screenshots $(BIN)/ipdash demo
	IPDASH_STORE=$(CURDIR)/.cache/screenshots $(BIN)/python -m tests.browser.screenshots docs/screenshots

clean: ## 删除可重新生成的文件（不动数据）| remove what can be made again (never the data)
	rm -rf .venv .cache build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results

run-setup:
	@scripts/setup.sh run

dev-setup:
	@scripts/setup.sh dev

browser:
	@scripts/browser.sh
