"""What Streamlit runs for each reader; it stands apart because Streamlit would take ``pages`` beside it."""

from dashboard.app import main

main()
